// Runs cases on kernels one of whose tests or barriers may be broken (switches.h), on the emulated backend.
// Usage: native_mutants                   every case with each type of activations, unbroken: a line of JSON each, with
//                                         the sites that it comes by
//        native_mutants SITE CHANGE RUN:SECONDS...   exit code 1 and the failure once a run fails; RUN is the number of
//                                         such a line, and SECONDS are what it may take
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

struct Run {
  const Case* test_case;
  DType activation;
};

struct Outcome {
  std::string failure;
  uint64_t digest = 0;
};

Outcome outcome_of(const Run& run, emulation::Order order) {
  emulation::set_order(order);
  CudaOps ops(run.activation);
  test::Test test(ops, run.activation, 20240214);
  try {
    run.test_case->body(test);
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

std::vector<Run> all_runs() {
  std::vector<Run> runs;
  for (const Case* test_case : test::all_cases())
    for (const DType activation : {DType::f32, DType::bf16}) runs.push_back({test_case, activation});
  return runs;
}

int list_runs() {
  const std::vector<Run> runs = all_runs();
  for (size_t number = 0; number < runs.size(); ++number) {
    const char* const name = runs[number].test_case->name;
    std::memset(reached, 0, sizeof(reached));
    const std::clock_t begin = std::clock();
    const Outcome outcome = outcome_of(runs[number], emulation::Order::kForward);
    if (!outcome.failure.empty()) {
      std::fprintf(stderr, "%s fails with nothing broken: %s\n", name, outcome.failure.c_str());
      return 1;
    }
    const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    std::printf(R"({"number": %zu, "name": "%s", "seconds": %.3f, "sites": [)", number, name, seconds);
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

struct TimedRun {
  Run run;
  double seconds;
};

std::vector<TimedRun> timed_runs(int count, char** arguments) {
  const std::vector<Run> runs = all_runs();
  std::vector<TimedRun> timed;
  for (int i = 0; i < count; ++i) {
    char* rest = nullptr;
    const auto number = std::strtoul(arguments[i], &rest, 10);
    timed.push_back({runs.at(number), std::atof(rest + 1)});
  }
  return timed;
}

int find_failure(const std::vector<TimedRun>& all) {
  // Bits must not depend on the order of threads.
  std::map<const TimedRun*, uint64_t> digests;
  // One order finds most.
  for (const auto order : {emulation::Order::kForward, emulation::Order::kReverse, emulation::Order::kShuffled}) {
    for (const TimedRun& timed : all) {
      limit_time(timed.seconds);
      const Outcome outcome = outcome_of(timed.run, order);
      const auto [first, is_first] = digests.try_emplace(&timed, outcome.digest);
      if (outcome.failure.empty() && first->second == outcome.digest) continue;
      std::printf("%s: %s\n", timed.run.test_case->name,
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
  if (argc < 4) return list_runs();
  broken = {std::atoi(argv[1]), change_of(argv[2])};
  const int code = find_failure(timed_runs(argc - 3, argv + 3));
  std::fflush(stdout);
  std::_Exit(code);  // what is broken may have left anything behind
}
