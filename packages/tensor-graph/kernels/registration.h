// What an op's kernel needs of TensorFlow's C interface: inputs, outputs, registration.
#ifndef FEATUREMINE_REGISTRATION_H_
#define FEATUREMINE_REGISTRATION_H_

#include <string>
#include <vector>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

namespace featuremine {

// A tensor for the time of a call. An absent one has no data.
class Tensor {
 public:
  explicit Tensor(TF_Tensor* tensor = nullptr, bool is_forwarded = false)
      : tensor_(tensor), is_forwarded_(is_forwarded) {}

  template <typename T>
  T* data() const {
    return tensor_ == nullptr ? nullptr : static_cast<T*>(TF_TensorData(tensor_));
  }
  int64_t elements() const { return TF_TensorElementCount(tensor_); }
  int64_t lastDimension() const { return TF_Dim(tensor_, TF_NumDims(tensor_) - 1); }
  // Whether this output is the memory of an input, with its values.
  bool isForwarded() const { return is_forwarded_; }
  std::vector<int64_t> shape() const {
    std::vector<int64_t> dimensions(TF_NumDims(tensor_));
    for (size_t i = 0; i < dimensions.size(); i++) dimensions[i] = TF_Dim(tensor_, static_cast<int>(i));
    return dimensions;
  }
  TF_DataType type() const { return TF_TensorType(tensor_); }

 private:
  TF_Tensor* tensor_;
  bool is_forwarded_;
};

// One call of a kernel. What fails is told to TensorFlow; later requests then give absent tensors.
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context), status_(TF_NewStatus()) {}
  ~Call() {
    for (TF_Tensor* tensor : held_) TF_DeleteTensor(tensor);
    TF_DeleteStatus(status_);
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  Tensor input(int index) {
    TF_Tensor* tensor = nullptr;
    if (!has_failed_) TF_GetInput(context_, index, &tensor, status_);
    return hold(tensor, false);
  }

  // An output of the type and shape of a tensor.
  Tensor output(int index, const Tensor& like) {
    return has_failed_ ? Tensor() : output(index, like.type(), like.shape());
  }

  Tensor output(int index, TF_DataType type, const std::vector<int64_t>& shape) {
    if (has_failed_) return Tensor();
    size_t bytes = TF_DataTypeSize(type);
    for (const int64_t size : shape) bytes *= size;
    return hold(TF_AllocateOutput(context_, index, type, shape.data(), static_cast<int>(shape.size()), bytes, status_),
                false);
  }

  // An output in the memory of an input that nobody else reads, which it then still holds; else new memory of its shape.
  // To be asked for before that input.
  Tensor outputInPlaceOf(int input_index, int index) {
    std::vector<int64_t> shape;
    {
      Call look(context_);
      const Tensor like = look.input(input_index);
      if (look.has_failed_) {
        has_failed_ = true;
        return Tensor();
      }
      shape = like.shape();
    }
    int forwarded = -1;
    TF_Tensor* tensor = TF_ForwardInputOrAllocateOutput(context_, &input_index, 1, index, shape.data(),
                                                        static_cast<int>(shape.size()), &forwarded, status_);
    return hold(tensor, forwarded == input_index);
  }

  bool failed() const { return has_failed_; }

  void fail(const char* message) {
    TF_SetStatus(status_, TF_INVALID_ARGUMENT, message);
    hold(nullptr, false);
  }

 private:
  Tensor hold(TF_Tensor* tensor, bool is_forwarded) {
    if (TF_GetCode(status_) != TF_OK && !has_failed_) {
      has_failed_ = true;
      TF_OpKernelContext_Failure(context_, status_);
    }
    if (tensor != nullptr) held_.push_back(tensor);
    return Tensor(tensor, is_forwarded);
  }

  TF_OpKernelContext* context_;
  TF_Status* status_;
  std::vector<TF_Tensor*> held_;
  bool has_failed_ = false;
};

using ShapeFunction = void (*)(TF_ShapeInferenceContext*, TF_Status*);

// A shape function: output i has the shape of the input of that number.
template <int... inputs>
void shapesOfInputs(TF_ShapeInferenceContext* context, TF_Status* status) {
  int output = 0;
  for (const int input : {inputs...}) {
    TF_ShapeHandle* shape = TF_NewShapeHandle();
    TF_ShapeInferenceContextGetInput(context, input, shape, status);
    if (TF_GetCode(status) == TF_OK) TF_ShapeInferenceContextSetOutput(context, output, shape, status);
    TF_DeleteShapeHandle(shape);
    output++;
  }
}

// A shape function: the shape of output 0 shows when it is computed.
inline void unknownShape(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeInferenceContextSetUnknownShape(context, status);
}

// A kernel's state that is one attribute.
template <typename V>
void* newAttribute(TF_OpKernelConstruction* construction, const char* name,
                   void (*get)(TF_OpKernelConstruction*, const char*, V*, TF_Status*)) {
  V* const value = new V(0);
  TF_Status* const status = TF_NewStatus();
  get(construction, name, value, status);
  if (TF_GetCode(status) != TF_OK) TF_OpKernelConstruction_Failure(construction, status);
  TF_DeleteStatus(status);
  return value;
}

template <typename V>
void deleteAttribute(void* value) {
  delete static_cast<V*>(value);
}

// Both throw std::runtime_error with TensorFlow's words. Every op has an attribute T, float or bfloat16.
void registerOp(const std::string& name, const std::vector<std::string>& inputs,
                const std::vector<std::string>& outputs, const std::vector<std::string>& attributes,
                ShapeFunction shapes);
void registerKernel(const std::string& op, TF_DataType type, void* (*create)(TF_OpKernelConstruction*),
                    void (*compute)(void*, TF_OpKernelContext*), void (*destroy)(void*));

}  // namespace featuremine

#endif  // FEATUREMINE_REGISTRATION_H_
