// Weights that engines share: once in memory for as long as somebody has them, never those of a file that has changed.
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "core/error.h"
#include "harness.h"
#include "model/base_weights.h"

namespace adapter_lab::test {
namespace {

namespace fs = std::filesystem;

/** Two matrices of f32 in a file of its own. */
struct WeightsFile {
  explicit WeightsFile(float first) : path(fs::temp_directory_path() / ("base_weights." + std::to_string(getpid()))) {
    write(first);
  }
  ~WeightsFile() { fs::remove(path); }

  void write(float first) const {
    std::vector<float> values(24, first);
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(values.data()),
               static_cast<std::streamsize>(values.size() * sizeof(float)));
  }

  std::vector<PlacedSource> sources() const {
    const TensorSource a{path, 0, DType::f32, {3, 4}};
    const TensorSource b{path, 48, DType::f32, {4, 3}};
    return {{"a", a, DType::f32}, {"b", b, DType::f32}};
  }

  fs::path path;
};

float first_of(BaseWeights& weights) { return *weights.find("a")->value.f32(); }

const Case share("share_weights", [](Test& test) {
  const WeightsFile file(1.0f);
  auto first = share_weights(test.ops(), file.sources());
  test.expect(share_weights(test.ops(), file.sources()) == first, "the same weights are in memory twice");
  auto fewer = file.sources();
  fewer.pop_back();
  test.expect(share_weights(test.ops(), fewer) != first, "other weights are shared");
  auto other = file.sources();
  other[1].source.offset_bytes = 0;
  test.expect(share_weights(test.ops(), other) != first, "weights of another place are shared");
});

const Case changed("share_weights of a changed file", [](Test& test) {
  const WeightsFile file(1.0f);
  const auto before = share_weights(test.ops(), file.sources());
  fs::remove(file.path);
  file.write(2.0f);
  fs::last_write_time(file.path, fs::last_write_time(file.path) + std::chrono::seconds(2));
  const auto after = share_weights(test.ops(), file.sources());
  test.expect_equal(first_of(*after), 2.0, "what the file has now");
  test.expect_equal(first_of(*before), 1.0, "what was loaded before");
});

const Case missing("share_weights of a missing file", [](Test& test) {
  auto sources = WeightsFile(1.0f).sources();
  for (int attempt = 0; attempt < 2; ++attempt) {
    try {
      share_weights(test.ops(), sources);
      test.expect(false, "weights of no file were loaded");
    } catch (const Error& error) {
      test.expect(std::strcmp(error.code, "file-unreadable") == 0, "another error");
    }
  }
});

}  // namespace
}  // namespace adapter_lab::test
