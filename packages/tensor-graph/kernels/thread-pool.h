// Threads that share the chunks of one kernel. TensorFlow's C interface gives kernels no threads.
#ifndef FEATUREMINE_THREAD_POOL_H_
#define FEATUREMINE_THREAD_POOL_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <system_error>
#include <thread>

namespace featuremine {

// Lives as long as the process. Which thread takes which chunk changes from run to run; results must not depend on it.
class ThreadPool {
 public:
  static ThreadPool& instance() {
    static ThreadPool* pool = new ThreadPool();
    return *pool;
  }

  // At least as many threads as a kernel may use, the calling one among them; fewer where the system gives no more.
  void grow(int threads) {
    std::lock_guard<std::mutex> lock(mutex_);
    try {
      for (; workers_ + 1 < threads; workers_++) std::thread([this] { serve(); }).detach();
    } catch (const std::system_error&) {
    }
  }

  // Calls `work(i)` for i below `count` and returns when all are done. Kernels have the threads one after another.
  void run(int64_t count, const std::function<void(int64_t)>& work) {
    if (count < 2) {
      for (int64_t i = 0; i < count; i++) work(i);
      return;
    }
    std::lock_guard<std::mutex> owner(owner_);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      work_ = &work;
      count_ = count;
      next_ = 0;
    }
    wake_.notify_all();
    take(work, count);
    std::unique_lock<std::mutex> lock(mutex_);
    work_ = nullptr;
    done_.wait(lock, [this] { return active_ == 0; });
  }

 private:
  void serve() {
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      wake_.wait(lock, [this] { return work_ != nullptr && next_ < count_; });
      const std::function<void(int64_t)>& work = *work_;
      const int64_t count = count_;
      active_++;
      lock.unlock();
      take(work, count);
      lock.lock();
      if (--active_ == 0) done_.notify_one();
    }
  }

  void take(const std::function<void(int64_t)>& work, int64_t count) {
    for (int64_t i = next_++; i < count; i = next_++) work(i);
  }

  std::mutex owner_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  std::atomic<int64_t> next_{0};
  const std::function<void(int64_t)>* work_ = nullptr;
  int64_t count_ = 0;
  int active_ = 0;
  int workers_ = 0;
};

}  // namespace featuremine

#endif  // FEATUREMINE_THREAD_POOL_H_
