// Operands of a product by tensor cores, on their way through shared memory.
#pragma once
#include <bit>
#include <type_traits>

#include "cuda/pieces.h"

namespace adapter_lab::gpu {

/** An operand whose lines go along k. */
template <class Matrix>
struct Operand {
  Matrix matrix;
  bool are_columns;
  bool has_whole_pieces;

  __device__ __forceinline__ int64_t count() const { return are_columns ? matrix.cols : matrix.rows; }
};

/** kLines lines of an operand, kDepth steps at a time, in T::kStages stages of shared memory, as they lie in global
 * memory. */
template <class T, int kLines, class Matrix>
class Staged {
 public:
  // A row is a line or a step. Pitches are odd.
  static constexpr int kLinePitch = T::kDepth / 8 + 1, kStepPitch = kLines / 8 + 1;
  static constexpr int kStagePieces =
      kLines * kLinePitch > T::kDepth * kStepPitch ? kLines * kLinePitch : T::kDepth * kStepPitch;
  static constexpr size_t kSharedBytes =
      T::kStages * kStagePieces * sizeof(Piece) + PieceReader<Matrix>::kSharedFloats * sizeof(float);

  __device__ __forceinline__ Staged(SharedMemory& memory, const Operand<Matrix>& operand, int first_line)
      : operand_(operand),
        first_line_(first_line),
        pieces_(memory.take<Piece>(T::kStages * kStagePieces)),
        reader_(memory) {}

  /** Begins to read the steps from `step` on into a stage that nobody reads. */
  __device__ __forceinline__ void begin(int stage, int step, AsyncCopies& copies) {
    GPU_UNROLL for (int i = 0; i < kOwn; ++i) {
      const Place place = place_of(i, step);
      if (!is_whole(place)) continue;
      if constexpr (kIsCopied)
        copies.copy(pieces_, stage * kStagePieces + place.piece, operand_.matrix.read(place.row, place.col, 8));
      else
        raw_[i] = reader_.read(operand_.matrix, place.row, place.col);
    }
  }
  /** Writes what `begin` with the same numbers did not. */
  __device__ __forceinline__ void finish(int stage, int step) {
    if constexpr (!kIsCopied) {
      GPU_UNROLL for (int i = 0; i < kOwn; ++i) {
        const Place place = place_of(i, step);
        if (is_whole(place)) pieces_[stage * kStagePieces + place.piece] = reader_.finish(raw_[i]);
      }
    }
    if (is_inside(step)) return;
    GPU_NO_UNROLL for (int i = 0; i < kOwn; ++i) {
      const Place place = place_of(i, step);
      if (!is_whole(place))
        pieces_[stage * kStagePieces + place.piece] = edge_piece(operand_.matrix, place.row, place.col);
    }
  }
  __device__ __forceinline__ LinesInShared stage(int index) const {
    return {pieces_, index * kStagePieces, pitch(), operand_.are_columns};
  }

 private:
  static constexpr bool kIsCopied = std::is_same_v<Matrix, View<const BFloat16>>;
  static constexpr int kOwn = kLines * T::kDepth / 8 / T::kThreads;
  static_assert(kOwn * T::kThreads * 8 == kLines * T::kDepth);

  // Pieces across a row: a power of two, of which a block's threads take whole rows.
  static constexpr int kAcrossLines = kLines / 8, kAcrossSteps = T::kDepth / 8;
  static_assert(std::has_single_bit(unsigned{kAcrossLines}) && T::kThreads % kAcrossLines == 0);
  static_assert(std::has_single_bit(unsigned{kAcrossSteps}) && T::kThreads % kAcrossSteps == 0);

  struct Place {
    int piece, row, col;
  };
  __device__ __forceinline__ int pitch() const { return operand_.are_columns ? kStepPitch : kLinePitch; }
  /** Of the thread's piece i: neighbouring threads read neighbouring pieces. */
  __device__ __forceinline__ Place place_of(int i, int step) const {
    const int across = operand_.are_columns ? kAcrossLines : kAcrossSteps;
    const int shift =
        operand_.are_columns ? std::countr_zero(unsigned{kAcrossLines}) : std::countr_zero(unsigned{kAcrossSteps});
    const int row = (static_cast<int>(threadIdx.x) + i * T::kThreads) >> shift;
    const int col = static_cast<int>(threadIdx.x) & (across - 1);
    return {row * pitch() + col, row + (operand_.are_columns ? step : first_line_),
            8 * col + (operand_.are_columns ? first_line_ : step)};
  }
  __device__ __forceinline__ bool is_whole(const Place& place) const {
    return operand_.has_whole_pieces && place.row < operand_.matrix.rows && place.col + 8 <= operand_.matrix.cols;
  }
  /** Whether all pieces of a stage are whole. */
  __device__ __forceinline__ bool is_inside(int step) const {
    const int last_line = first_line_ + kLines, last_step = step + T::kDepth;
    return operand_.has_whole_pieces && (operand_.are_columns ? last_step : last_line) <= operand_.matrix.rows &&
           (operand_.are_columns ? last_line : last_step) <= operand_.matrix.cols;
  }

  const Operand<Matrix>& operand_;
  int first_line_;
  Shared<Piece> pieces_;
  PieceReader<Matrix> reader_;
  typename PieceReader<Matrix>::Raw raw_[kIsCopied ? 1 : kOwn];
};

}  // namespace adapter_lab::gpu
