// What is told cuBLASLt, on a made-up one (made_up/cublas_lt.cc) that computes as its manual says.
#include "cuda/cublas_lt.h"

#include <dlfcn.h>

#include "cuda/make_cuda_ops.h"
#include "cuda/probe.h"
#include "harness.h"

namespace adapter_lab::test {
namespace {

constexpr const char* kRight = MADE_UP_CUBLAS_LT "/libright.so";

int told(const char* function) {
  void* const library = dlopen(kRight, RTLD_NOW | RTLD_LOCAL);
  return reinterpret_cast<int (*)()>(dlsym(library, function))();
}

/** Products go by the library as long as it lives. */
struct Used {
  Used() { use_cublas_lt(kRight); }
  ~Used() { gpu::use_cublas_lt(nullptr); }
};

/** Whether the library made it. */
bool multiply(Test& test, DType output, bool transpose_a, bool transpose_b, int64_t padding) {
  constexpr int64_t kM = 24, kN = 40, kK = 16;
  const Matrix a = transpose_a ? test.random(kK, kM) : test.random(kM, kK);
  const Matrix b = transpose_b ? test.random(kN, kK) : test.random(kK, kN);
  const Matrix old = test.random(kM, kN);
  const Tensor c = output == DType::f32 ? test.update_f32(old, 8) : test.update(old, 8);
  const int before = told("madeUpProducts");
  test.ops().gemm(c, test.input(a, padding), transpose_a, test.input(b, 8), transpose_b, 0.5f, 2.0f);
  Matrix expected(kM, kN);
  for (int64_t i = 0; i < kM; ++i)
    for (int64_t j = 0; j < kN; ++j) {
      double sum = 0.0;
      for (int64_t k = 0; k < kK; ++k) sum += (transpose_a ? a(k, i) : a(i, k)) * (transpose_b ? b(j, k) : b(k, j));
      expected(i, j) = 0.5 * sum + 2.0 * old(i, j);
    }
  test.expect_near(c, expected, "a product");
  return told("madeUpProducts") > before;
}

const Case products("cublas_lt", [](Test& test) {
  const Used used;
  const bool is_bf16 = test.ops().activation_type() == DType::bf16;
  // The emulated backend in bf16 alone has such products; whole pieces alone are for the library.
  const bool may_be_its = is_bf16 && test.ops().memory_room().is_host == false;
  for (const bool transpose_a : {false, true})
    for (const bool transpose_b : {false, true})
      for (const DType output : {DType::f32, DType::bf16}) {
        if (output == DType::bf16 && !is_bf16) continue;
        test.expect(multiply(test, output, transpose_a, transpose_b, 8) == may_be_its, "who multiplies");
        const int choices = told("madeUpChoices");
        multiply(test, output, transpose_a, transpose_b, 8);
        test.expect(told("madeUpChoices") == choices, "an algorithm is chosen once");
        test.expect(!multiply(test, output, transpose_a, transpose_b, 1), "pieces that are not whole");
      }
});

const OnceCase trials("cublas_lt", [](Test& test) {
  const gpu::LibraryTrial right = gpu::try_cublas_lt(kRight);
  test.expect(right.version == 131001 && right.product_is_right, "a library that computes rightly");
  const gpu::LibraryTrial wrong = gpu::try_cublas_lt(MADE_UP_CUBLAS_LT "/libwrong.so");
  test.expect(wrong.version == 131001 && !wrong.product_is_right, "one that does not");
  const gpu::LibraryTrial old = gpu::try_cublas_lt(MADE_UP_CUBLAS_LT "/libold.so");
  test.expect(old.version == 120804 && !old.product_is_right, "one of another version");
  for (const char* file : {"/nowhere/libcublasLt.so.13", "libc.so.6"}) {
    bool is_refused = false;
    try {
      gpu::try_cublas_lt(file);
    } catch (const std::exception&) {
      is_refused = true;
    }
    test.expect(is_refused, file);
  }
});

}  // namespace
}  // namespace adapter_lab::test
