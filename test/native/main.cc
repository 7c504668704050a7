// Runs every case on every backend, and once more on one that no other must agree with to the bit. Usage: native_tests
// [part of a case's name [part of a backend's name]]; so native_tests_cuda,
// which passes over everything where there is no GPU.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "backends.h"
#include "cpu/cpu_ops.h"
#include "harness.h"

namespace adapter_lab::test {
namespace {

std::vector<Backend> make_backends() {
  std::vector<Backend> backends;
  for (const Kernels* kernels : usable_kernels()) {
    const std::string group = std::string("cpu ") + kernels->name;
    const bool is_best = kernels == &select_kernels();
    for (const int threads : {1, 2, 5}) {
      // Two of the lesser ones tell whether their bits follow the threads.
      if (!is_best && threads == 2) continue;
      const std::string name = group + ", " + std::to_string(threads) + (threads == 1 ? " thread" : " threads");
      backends.push_back({name, group, std::make_unique<CpuOps>(threads, *kernels, nullptr)});
    }
  }
  // Where there are tile units, products with bf16 weights alone differ.
  if (const tiles::Kernels* tiles = tiles::select_kernels())
    for (const int threads : {1, 2, 5})
      backends.push_back({"cpu tiles, " + std::to_string(threads), "cpu tiles",
                          std::make_unique<CpuOps>(threads, select_kernels(), tiles)});
  add_cuda_backends(backends);
  return backends;
}

/** The sanitizers look at memory, and see as much of it in one run. */
#ifdef __SANITIZE_ADDRESS__
constexpr bool kRepeats = false;
#else
constexpr bool kRepeats = true;
#endif

/** What failed, and the digest of what was read. */
struct Outcome {
  std::vector<std::string> failures;
  uint64_t digest = 0;
};

Outcome run_once(const Case& test_case, const Backend& backend) {
  backend.prepare();
  Test test(*backend.ops, backend.ops->activation_type(), 20240214);
  try {
    test_case.body(test);
    test.finish();
  } catch (const std::exception& error) {
    return {{std::string("threw ") + error.what()}, 0};
  }
  return {test.failures(), test.digest()};
}

/** Of each group. */
using Digests = std::map<std::string, uint64_t>;

/** Prints failures; true when there are none. A backend that is alone in its group has to give its bits twice. */
bool run_case(const Case& test_case, const Backend& backend, bool is_alone, Digests& digests) {
  Outcome outcome = run_once(test_case, backend);
  if (outcome.failures.empty()) {
    const auto [first, is_first] = digests.try_emplace(backend.group, outcome.digest);
    if (!is_first && first->second != outcome.digest)
      outcome.failures.push_back("gave other bits than another of " + backend.group);
    if (is_alone && run_once(test_case, backend).digest != outcome.digest)
      outcome.failures.push_back("gave other bits the second time");
  }
  for (const std::string& failure : outcome.failures)
    std::printf("FAILED %s on %s: %s\n", test_case.name, backend.name.c_str(), failure.c_str());
  return outcome.failures.empty();
}

}  // namespace
}  // namespace adapter_lab::test

int main(int argc, char** argv) {
  using namespace adapter_lab::test;
  if (const std::string reason = no_gpu(); !reason.empty()) {
    std::printf("no GPU here (%s): %zu tests skipped\n", reason.c_str(), all_cases().size());
    return 0;
  }
  std::vector<Backend> backends = make_backends();
  const std::string first = backends.front().name;
  const auto is_wanted = [&](const Backend& backend) {
    return argc <= 2 || backend.name.find(argv[2]) != std::string::npos;
  };
  std::erase_if(backends, std::not_fn(is_wanted));
  const auto is_alone = [&](const Backend& backend) {
    return std::ranges::count(backends, backend.group, &Backend::group) == 1;
  };
  int passed = 0;
  int failed = 0;
  for (const Case* test_case : all_cases()) {
    if (argc > 1 && !std::strstr(test_case->name, argv[1])) continue;
    Digests digests;
    for (const Backend& backend : backends)
      if (test_case->is_once ? backend.name == first : backend.concerns(test_case->name))
        ++(run_case(*test_case, backend, kRepeats && is_alone(backend), digests) ? passed : failed);
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}
