// Runs cases on kernels one of whose tests or barriers may be broken (switches.h), on the emulated backend.
// Usage: native_mutants                      every case unbroken: a line of JSON each, with the sites that it comes by
//        native_mutants SITE CHANGE CASE:SECONDS...   exit code 1 and the failure once a case fails; CASE is its
//                                           number, and SECONDS are what it may take
#include <sys/time.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cuda/cuda_ops.h"
#include "cuda/emulation/block.h"
#include "harness.h"
#include "mutants/switches.h"

namespace adapter_lab::mutants {

Broken broken;
bool reached[kMostSites];

namespace {

using test::Case;

struct Backend {
  DType activation;
  emulation::Order order;
};
// One order finds most.
constexpr Backend kBackends[] = {
    {DType::f32, emulation::Order::kForward},  {DType::bf16, emulation::Order::kForward},
    {DType::f32, emulation::Order::kReverse},  {DType::bf16, emulation::Order::kReverse},
    {DType::f32, emulation::Order::kShuffled}, {DType::bf16, emulation::Order::kShuffled},
};

struct Outcome {
  std::string failure;
  uint64_t digest = 0;
};

Outcome run(const Case& test_case, const Backend& backend) {
  emulation::set_order(backend.order);
  CudaOps ops(backend.activation);
  test::Test test(ops, backend.activation, 20240214);
  try {
    test_case.body(test);
    test.finish();
  } catch (const std::exception& error) {
    return {error.what()};
  }
  return {test.failures().empty() ? "" : test.failures().front(), test.digest()};
}

/** A process that takes longer, which another's load does not change, is killed. */
void limit_time(double seconds) {
  const auto whole = static_cast<time_t>(seconds);
  const auto rest = static_cast<suseconds_t>((seconds - static_cast<double>(whole)) * 1e6);
  const itimerval limit{{0, 0}, {whole, rest}};
  setitimer(ITIMER_PROF, &limit, nullptr);
}

int list_cases() {
  for (size_t number = 0; number < test::all_cases().size(); ++number) {
    const Case& test_case = *test::all_cases()[number];
    std::memset(reached, 0, sizeof(reached));
    const std::clock_t begin = std::clock();
    for (const Backend& backend : {kBackends[0], kBackends[1]}) {
      const Outcome outcome = run(test_case, backend);
      if (outcome.failure.empty()) continue;
      std::fprintf(stderr, "%s fails with nothing broken: %s\n", test_case.name, outcome.failure.c_str());
      return 1;
    }
    const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    std::printf(R"({"number": %zu, "name": "%s", "seconds": %.3f, "sites": [)", number, test_case.name, seconds);
    const char* separator = "";
    for (int site = 0; site < kMostSites; ++site)
      if (reached[site]) std::printf("%s%d", std::exchange(separator, ","), site);
    std::printf("]}\n");
  }
  return 0;
}

Change change_of(const std::string& name) {
  static const std::map<std::string, Change> changes{
      {"removed", Change::kRemoved}, {"true", Change::kTrue}, {"false", Change::kFalse}, {"edge", Change::kEdge}};
  return changes.at(name);
}

struct TimedCase {
  const Case* test_case;
  double seconds;
};

std::vector<TimedCase> timed_cases(int count, char** arguments) {
  std::vector<TimedCase> cases;
  for (int i = 0; i < count; ++i) {
    char* rest = nullptr;
    const auto number = std::strtoul(arguments[i], &rest, 10);
    cases.push_back({test::all_cases().at(number), std::atof(rest + 1)});
  }
  return cases;
}

int find_failure(const std::vector<TimedCase>& cases) {
  // By case and type: bits must not depend on the order of threads.
  std::map<std::pair<const Case*, DType>, uint64_t> digests;
  for (const Backend& backend : kBackends) {
    for (const TimedCase& timed : cases) {
      limit_time(timed.seconds);
      const Outcome outcome = run(*timed.test_case, backend);
      const auto [first, is_first] = digests.try_emplace({timed.test_case, backend.activation}, outcome.digest);
      if (outcome.failure.empty() && first->second == outcome.digest) continue;
      std::printf("%s: %s\n", timed.test_case->name,
                  outcome.failure.empty() ? "other bits in another order" : outcome.failure.c_str());
      return 1;
    }
  }
  return 0;
}

}  // namespace
}  // namespace adapter_lab::mutants

int main(int argc, char** argv) {
  using namespace adapter_lab::mutants;
  if (argc < 4) return list_cases();
  broken = {std::atoi(argv[1]), change_of(argv[2])};
  const int code = find_failure(timed_cases(argc - 3, argv + 3));
  std::fflush(stdout);
  std::_Exit(code);  // what is broken may have left anything behind
}
