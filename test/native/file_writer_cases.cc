// Files that are written at places. The backend is not used.
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "core/error.h"
#include "harness.h"
#include "io/file_writer.h"

namespace adapter_lab::test {
namespace {

constexpr size_t kBlock = size_t{1} << 20;
constexpr size_t kPage = 4096;

/** A file of its own that goes with the scope. */
class Scratch {
 public:
  Scratch() : name_((std::filesystem::temp_directory_path() / "adapter-lab-XXXXXX").string()) {
    const int descriptor = mkstemp(name_.data());
    if (descriptor < 0) throw Error("file-unwritable", name_);
    close(descriptor);
  }
  ~Scratch() { std::filesystem::remove(name_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::string& name() const { return name_; }
  void fill(const std::string& text) const { std::ofstream(name_, std::ios::binary) << text; }
  std::string text() const {
    std::ifstream file(name_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::string name_;
};

struct Range {
  size_t offset;
  size_t size;
};

const OnceCase places("file writer", [](Test& test) {
  const std::vector<std::vector<Range>> orders{
      {{0, 1}},
      {{0, kPage}},
      {{kPage, 2 * kBlock}},
      // Side by side, as tensors lie behind a header.
      {{113, 7}, {120, kBlock - 120}, {kBlock, 5}, {kBlock + 5, 3 * kBlock}, {4 * kBlock + 5, kPage}},
      // With room between them, within a page and across blocks, and backwards.
      {{3 * kBlock - 9, 2 * kPage}, {10, 20}, {kPage - 1, 2}, {kBlock - kPage, kBlock + kPage + 1}},
      // Twice.
      {{5, 3 * kPage}, {2 * kPage, kPage}},
  };
  for (const std::vector<Range>& order : orders)
    for (const size_t there : {size_t{0}, size_t{100}, 5 * kBlock + 77}) {
      std::string expected(there, '\0');
      const auto fill = [&](size_t from, size_t to) {
        for (size_t i = from; i < to; ++i) expected[i] = static_cast<char>(test.random_below(256));
      };
      fill(0, there);
      const Scratch scratch;
      scratch.fill(expected);
      FileWriter writer(scratch.name());
      for (const auto& [offset, size] : order) {
        expected.resize(std::max(expected.size(), offset + size));
        fill(offset, offset + size);
        writer.write(static_cast<int64_t>(offset), expected.data() + offset, size);
      }
      writer.flush();
      test.expect(scratch.text() == expected, "the file holds something else");
    }
});

/** The code of what writing whole pages throws. */
std::string refusal(const std::string& file) {
  const std::string pages(2 * kBlock, 'x');
  try {
    FileWriter writer(file);
    writer.write(0, pages.data(), pages.size());
    writer.flush();
  } catch (const Error& error) {
    return error.subject == file ? error.code : "another subject";
  }
  return "none";
}

const OnceCase refusals("file writer", [](Test& test) {
  test.expect(refusal("/nowhere/at/all") == "file-unwritable", "a file that is not there");
  // Devices know no writing past the cache: they take what the cache's way takes.
  test.expect(refusal("/dev/null") == "none", "a device that takes all");
#ifdef __linux__
  test.expect(refusal("/dev/full") == "disk-full", "a disk without room");
#endif
});

}  // namespace
}  // namespace adapter_lab::test
