// What the tests take for cuBLASLt: the functions that products need, as its manual describes them, on the host.
// Matrices go by columns. Numbers of attributes and types are written out once more, so that a slip is noticed. VERSION
// is what it says it is, ERROR what it adds to each result.
#include <cstdint>
#include <cstring>
#include <initializer_list>

namespace {

struct Layout {
  int type;
  uint64_t rows, cols;
  int64_t stride;
};
struct Description {
  int32_t transpose_a = 0, transpose_b = 0;
};
struct Preference {
  uint32_t schemes = 7, alignments[4] = {256, 256, 256, 256};
};
struct Found {
  uint64_t algorithm[8];
  size_t workspace_bytes;
  int status;
  float waves;
  int reserved[4];
};

constexpr int kDone = 0, kBadValue = 7, kNotSupported = 15;
constexpr uint64_t kAlgorithm = 4711;
int handle, choices, products;

float read(const void* data, const Layout& x, uint64_t row, uint64_t col) {
  const uint64_t at = row + col * static_cast<uint64_t>(x.stride);
  if (x.type == 0) return static_cast<const float*>(data)[at];
  const uint32_t bits = static_cast<uint32_t>(static_cast<const uint16_t*>(data)[at]) << 16;
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

void write(void* data, const Layout& x, uint64_t row, uint64_t col, float value) {
  const uint64_t at = row + col * static_cast<uint64_t>(x.stride);
  if (x.type == 0) {
    static_cast<float*>(data)[at] = value;
    return;
  }
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  static_cast<uint16_t*>(data)[at] = static_cast<uint16_t>((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}

template <class T>
int create(void** place, T value) {
  *place = new T(value);
  return kDone;
}

template <class T>
int destroy(void* object) {
  delete static_cast<T*>(object);
  return kDone;
}

}  // namespace

extern "C" {

size_t cublasLtGetVersion() { return VERSION; }
int cublasLtCreate(void** place) {
  *place = &handle;
  return kDone;
}
int cublasLtMatrixLayoutCreate(void** place, int type, uint64_t rows, uint64_t cols, int64_t stride) {
  if (stride < static_cast<int64_t>(rows)) return kBadValue;
  return create(place, Layout{type, rows, cols, stride});
}
int cublasLtMatrixLayoutDestroy(void* layout) { return destroy<Layout>(layout); }
int cublasLtMatmulDescCreate(void** place, int compute, int scale) {
  return compute == 68 && scale == 0 ? create(place, Description{}) : kNotSupported;
}
int cublasLtMatmulDescDestroy(void* description) { return destroy<Description>(description); }
int cublasLtMatmulDescSetAttribute(void* description, int attribute, const void* value, size_t size) {
  auto& to = *static_cast<Description*>(description);
  if (size != sizeof(int32_t) || (attribute != 3 && attribute != 4)) return kBadValue;
  std::memcpy(attribute == 3 ? &to.transpose_a : &to.transpose_b, value, size);
  return kDone;
}
int cublasLtMatmulPreferenceCreate(void** place) { return create(place, Preference{}); }
int cublasLtMatmulPreferenceDestroy(void* preference) { return destroy<Preference>(preference); }
int cublasLtMatmulPreferenceSetAttribute(void* preference, int attribute, const void* value, size_t size) {
  auto& to = *static_cast<Preference*>(preference);
  if (size != sizeof(uint32_t) || (attribute != 3 && (attribute < 5 || attribute > 8))) return kBadValue;
  std::memcpy(attribute == 3 ? &to.schemes : &to.alignments[attribute - 5], value, size);
  return kDone;
}

/** One for operands of bf16 that need not be aligned to more than 16 bytes, with sums that are the same every time. */
int cublasLtMatmulAlgoGetHeuristic(void*, void*, void* a, void* b, void*, void*, void* preference, int wanted,
                                   Found* found, int* count) {
  ++choices;
  const auto& asked = *static_cast<Preference*>(preference);
  bool is_served = wanted == 1 && asked.schemes == 0;
  for (const uint32_t alignment : asked.alignments) is_served = is_served && alignment == 16;
  for (const void* layout : {a, b}) is_served = is_served && static_cast<const Layout*>(layout)->type == 14;
  *count = is_served ? 1 : 0;
  if (is_served) *found = Found{{kAlgorithm}, 0, kDone, 1.0f, {}};
  return is_served ? kDone : kNotSupported;
}

int cublasLtMatmul(void* of, void* description, const void* alpha, const void* a_data, void* a, const void* b_data,
                   void* b, const void* beta, const void* c_data, void* c, void* d_data, void* d, const void* algorithm,
                   void* workspace, size_t workspace_bytes, void* stream) {
  if (of != &handle || *static_cast<const uint64_t*>(algorithm) != kAlgorithm) return kBadValue;
  if (workspace || workspace_bytes || stream || c_data != d_data || c != d) return kBadValue;
  const auto& [transpose_a, transpose_b] = *static_cast<Description*>(description);
  const auto &left = *static_cast<Layout*>(a), &right = *static_cast<Layout*>(b), &out = *static_cast<Layout*>(d);
  const uint64_t depth = transpose_a ? left.rows : left.cols;
  if ((transpose_a ? left.cols : left.rows) != out.rows || (transpose_b ? right.rows : right.cols) != out.cols ||
      (transpose_b ? right.cols : right.rows) != depth)
    return kBadValue;
  const float of_sum = *static_cast<const float*>(alpha), of_old = *static_cast<const float*>(beta);
  for (uint64_t col = 0; col < out.cols; ++col)
    for (uint64_t row = 0; row < out.rows; ++row) {
      float sum = 0.0f;
      for (uint64_t k = 0; k < depth; ++k)
        sum += (transpose_a ? read(a_data, left, k, row) : read(a_data, left, row, k)) *
               (transpose_b ? read(b_data, right, col, k) : read(b_data, right, k, col));
      const float old = of_old == 0.0f ? 0.0f : of_old * read(d_data, out, row, col);
      write(d_data, out, row, col, of_sum * sum + old + ERROR);
    }
  ++products;
  return kDone;
}

/** For the tests: how often algorithms were chosen, and products made. */
int madeUpChoices() { return choices; }
int madeUpProducts() { return products; }
}
