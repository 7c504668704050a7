// cuBLASLt for products of bf16, where the machine has it: opened when it is asked for, never linked. Own kernels do
// what it does not. Algorithms are chosen by sizes alone and take no workspace and no reductions,
// so results are the same bits every time.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "cuda/product.h"

namespace adapter_lab::gpu {

class CublasLt {
 public:
  /** The version whose interface is declared here; others number things otherwise. */
  static constexpr int kMajor = 13;

  /** Throws std::runtime_error with the loader's words. What is opened stays so: at a process's end, when the driver
   *  may be gone, a library that works on it is best left alone. */
  explicit CublasLt(const char* file);
  ~CublasLt();
  CublasLt(const CublasLt&) = delete;
  CublasLt& operator=(const CublasLt&) = delete;

  /** 131001 for 13.10.1. */
  int version() const { return version_; }
  /** False where it is not for cuBLASLt: then nothing was done. Throws Error("gpu-failed"). */
  bool multiply(const Product& product);

 private:
  struct Functions;
  struct Call;
  struct Algorithm {
    uint64_t data[8];
  };
  /** What decides about an algorithm: sizes, strides, transpositions and the output's type. */
  using Key = std::array<int64_t, 8>;

  std::optional<Algorithm> algorithm_of(const Product& product, const Call& call);
  std::optional<Algorithm> choose(const Call& call) const;

  std::unique_ptr<Functions> functions_;
  int version_ = 0;
  std::mutex mutex_;
  void* handle_ = nullptr;
  std::map<Key, std::optional<Algorithm>> algorithms_;
};

/** What the process multiplies by, or null: own kernels. */
CublasLt* cublas_lt();
void use_cublas_lt(std::unique_ptr<CublasLt> library);

}  // namespace adapter_lab::gpu
