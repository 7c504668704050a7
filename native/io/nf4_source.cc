#include "io/nf4_source.h"

#include <algorithm>
#include <bit>

#include "core/ceil_div.h"
#include "io/mapped_range.h"

namespace adapter_lab {
namespace {

constexpr int64_t kQuantizedAtOnce = int64_t{1} << 22;  // a multiple of every block size

int64_t padded(int64_t bytes) { return ceil_div(bytes, 64) * 64; }

struct Sizes {
  Sizes(const TensorSource& source, Nf4Range range)
      : codes(ceil_div(range.count, 2)),
        blocks(ceil_div(range.count, source.nf4.block_size)),
        absmax(source.nf4.is_double ? blocks : blocks * 4),
        scales(source.nf4.is_double ? ceil_div(blocks, kScalesBlock) * 4 : 0),
        map(source.nf4.is_double ? kScalesMap * 4 : 0) {}
  int64_t codes, blocks, absmax, scales, map;  // bytes, but for the number of blocks
};

/** Uploads parts of files one after another. */
class PartLoader {
 public:
  PartLoader(Ops& ops, void* memory) : ops_(ops), next_(static_cast<char*>(memory)) {}
  template <typename Element>
  const Element* load(const FilePart& part, int64_t size_bytes) {
    const MappedRange range(part.file, part.offset_bytes, size_bytes);
    void* to = next_;
    ops_.upload_bytes(to, range.data(), static_cast<size_t>(size_bytes));
    next_ += padded(size_bytes);
    return static_cast<const Element*>(to);
  }

 private:
  Ops& ops_;
  char* next_;
};

FilePart skip(const FilePart& part, int64_t bytes) { return {part.file, part.offset_bytes + bytes}; }

}  // namespace

Nf4Range whole_range(const TensorSource& source) { return {0, source.rows() * source.cols()}; }

Nf4Range rows_range(const TensorSource& source, int64_t first_row, int64_t rows) {
  const int64_t step = source.nf4.block_size * kScalesBlock;
  const int64_t first = first_row * source.cols() / step * step;
  return {first, (first_row + rows) * source.cols() - first};
}

size_t nf4_bytes(const TensorSource& source, Nf4Range range) {
  const Sizes sizes(source, range);
  return static_cast<size_t>(padded(sizes.codes) + padded(sizes.absmax) + padded(sizes.scales) + padded(sizes.map));
}

Nf4 load_nf4(Ops& ops, void* memory, const TensorSource& source, Nf4Range range) {
  const Nf4Parts& parts = source.nf4;
  const Sizes sizes(source, range);
  const int64_t block = range.first / parts.block_size;
  PartLoader loader(ops, memory);
  Nf4 matrix{};
  matrix.block_shift = std::countr_zero(static_cast<uint64_t>(parts.block_size));
  matrix.codes = loader.load<uint8_t>({source.file, source.offset_bytes + range.first / 2}, sizes.codes);
  if (!parts.is_double) {
    matrix.absmax = loader.load<float>(skip(parts.absmax, 4 * block), sizes.absmax);
    return matrix;
  }
  matrix.absmax_codes = loader.load<uint8_t>(skip(parts.absmax, block), sizes.absmax);
  matrix.absmax_scales = loader.load<float>(skip(parts.scales, block / kScalesBlock * 4), sizes.scales);
  matrix.map = loader.load<float>(parts.map, sizes.map);
  matrix.offset = parts.offset;
  return matrix;
}

QuantizedTensor quantize(Ops& ops, const TensorSource& source, int64_t block_size, bool double_quantisation) {
  const int64_t count = source.rows() * source.cols();
  const auto element_bytes = static_cast<int64_t>(size_of(source.dtype));
  QuantizedTensor quantized{std::vector<uint8_t>(static_cast<size_t>(ceil_div(count, 2))),
                            std::vector<float>(static_cast<size_t>(ceil_div(count, block_size))),
                            {}};
  for (int64_t first = 0; first < count; first += kQuantizedAtOnce) {
    const int64_t elements = std::min(kQuantizedAtOnce, count - first);
    const MappedRange range(source.file, source.offset_bytes + first * element_bytes, elements * element_bytes);
    ops.quantize_nf4(quantized.codes.data() + first / 2, quantized.absmax.data() + first / block_size, range.data(),
                     source.dtype, elements, block_size);
  }
  if (!double_quantisation) return quantized;
  quantized.scales = quantize_scales(quantized.absmax);
  quantized.absmax.clear();
  return quantized;
}

}  // namespace adapter_lab
