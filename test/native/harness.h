// A small test runner: a case names an op, the runner takes it through every backend. All device memory of a case has
// guard words before, between and after its rows, checked when the case ends; inputs must not have changed.
#pragma once
#include <string>
#include <vector>

#include "core/random.h"
#include "matrix.h"
#include "ops/ops.h"

namespace adapter_lab::test {

/** The largest error allowed, relative to the largest expected magnitude of the output. One table for all ops. */
constexpr double tolerance(DType type) {
  switch (type) {
    case DType::f32:
    case DType::nf4:  // read exactly
      return 5e-6;
    case DType::f16:
      return 2e-3;
    case DType::bf16:
      return 1.6e-2;
  }
  return 0.0;
}

class Test {
 public:
  /** `activation` is the type of what flows through a model: f32, or bf16 on a GPU. */
  Test(Ops& ops, DType activation, uint64_t seed) : ops_(ops), activation_(activation), random_(seed, 0) {}
  Test(const Test&) = delete;
  Test& operator=(const Test&) = delete;

  Ops& ops() { return ops_; }

  /** Values that activations hold exactly, uniform in [-range, range). */
  Matrix random(int64_t rows, int64_t cols, double range = 1.0);
  /** The nearest value that activations hold exactly. */
  double representable(double value) const;
  int64_t random_below(int64_t limit) { return static_cast<int64_t>(random_.next() % static_cast<uint64_t>(limit)); }

  /** Device copies; rows lie cols + padding apart. An input must stay as it is, an update may change, a fresh output
   *  starts as NaN. */
  Tensor input(const Matrix& values, int64_t padding = 0) { return place(values, padding, false, activation_); }
  Tensor update(const Matrix& values, int64_t padding = 0) { return place(values, padding, true, activation_); }
  Tensor output(int64_t rows, int64_t cols, int64_t padding = 0);
  /** The same of what is f32 whatever activations are: norms' weights, adapters, gradients of parameters, statistics,
   *  logits. */
  Tensor input_f32(const Matrix& values, int64_t padding = 0) { return place(values, padding, false, DType::f32); }
  Tensor update_f32(const Matrix& values, int64_t padding = 0) { return place(values, padding, true, DType::f32); }
  Tensor output_f32(int64_t rows, int64_t cols, int64_t padding = 0);

  Matrix read(Tensor x);

  void expect(bool condition, const std::string& what);
  void expect_equal(double got, double expected, const std::string& what);
  /** Errors are relative to the largest expected magnitude, or to `at_least` where all may cancel to zero.
   *  `loosening` multiplies the table's tolerance; a case that needs it says why. */
  void expect_near(Tensor got, const Matrix& expected, const std::string& what, double loosening = 1.0,
                   double at_least = 1e-30);
  void expect_near(const Matrix& got, const Matrix& expected, const std::string& what, double relative,
                   double at_least = 1e-30);

  /** Checks the guard words and inputs. Call once, last. */
  void finish();

  const std::vector<std::string>& failures() const { return failures_; }
  /** A hash of all that was read: equal bits give equal digests. */
  uint64_t digest() const { return digest_; }

 private:
  struct Placed {
    Buffer memory;
    DType dtype;
    int64_t rows, cols, stride;
    bool may_change;
    std::vector<float> image;
  };

  Tensor place(const Matrix& values, int64_t padding, bool may_change, DType dtype);
  void check(const Placed& placed);

  Ops& ops_;
  DType activation_;
  Random random_;
  std::vector<Placed> placed_;
  std::vector<std::string> failures_;
  uint64_t digest_ = 14695981039346656037ULL;
};

struct Case {
  /** Registers itself under the op's name. */
  Case(const char* name, void (*body)(Test&));
  const char* name;
  void (*body)(Test&);
  bool is_once = false;
};

/** What no backend has a part in: it runs on the first alone. */
struct OnceCase : Case {
  OnceCase(const char* name, void (*body)(Test&)) : Case(name, body) { is_once = true; }
};

std::vector<const Case*>& all_cases();

}  // namespace adapter_lab::test
