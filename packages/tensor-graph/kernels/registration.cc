#include "registration.h"

#include <stdexcept>

#include "thread-pool.h"

namespace featuremine {

void registerBatchNorm();
void registerFilterGradient();
void registerWinograd();

namespace {

// A status whose fault becomes an exception.
class Checked {
 public:
  Checked() : status_(TF_NewStatus()) {}
  ~Checked() { TF_DeleteStatus(status_); }
  TF_Status* get() const { return status_; }
  void check(const std::string& what) const {
    if (TF_GetCode(status_) != TF_OK) throw std::runtime_error(what + ": " + TF_Message(status_));
  }

 private:
  TF_Status* status_;
};

}  // namespace

void registerOp(const std::string& name, const std::vector<std::string>& inputs,
                const std::vector<std::string>& outputs, const std::vector<std::string>& attributes,
                ShapeFunction shapes) {
  TF_OpDefinitionBuilder* builder = TF_NewOpDefinitionBuilder(name.c_str());
  TF_OpDefinitionBuilderAddAttr(builder, "T: {float, bfloat16}");
  for (const std::string& attribute : attributes) TF_OpDefinitionBuilderAddAttr(builder, attribute.c_str());
  for (const std::string& input : inputs) TF_OpDefinitionBuilderAddInput(builder, input.c_str());
  for (const std::string& output : outputs) TF_OpDefinitionBuilderAddOutput(builder, output.c_str());
  TF_OpDefinitionBuilderSetShapeInferenceFunction(builder, shapes);
  Checked status;
  TF_RegisterOpDefinition(builder, status.get());
  status.check("op " + name);
}

void registerKernel(const std::string& op, TF_DataType type, void* (*create)(TF_OpKernelConstruction*),
                    void (*compute)(void*, TF_OpKernelContext*), void (*destroy)(void*)) {
  TF_KernelBuilder* builder = TF_NewKernelBuilder(op.c_str(), "CPU", create, compute, destroy);
  Checked status;
  TF_KernelBuilder_TypeConstraint(builder, "T", type, status.get());
  status.check("kernel of " + op);
  TF_RegisterKernelBuilder(op.c_str(), builder, status.get());
  status.check("kernel of " + op);
}

}  // namespace featuremine

extern "C" {

// Makes all ops known to TensorFlow, in the first call; it would end the process when told of an op twice. Returns null, or
// what went wrong.
const char* featuremine_register() {
  static const std::string fault = [] {
    try {
      featuremine::registerBatchNorm();
      featuremine::registerFilterGradient();
      featuremine::registerWinograd();
      return std::string();
    } catch (const std::exception& error) {
      return std::string(error.what());
    }
  }();
  return fault.empty() ? nullptr : fault.c_str();
}

// The number of threads that kernels may use; it can grow only.
void featuremine_use_threads(int count) { featuremine::ThreadPool::instance().grow(count); }
}
