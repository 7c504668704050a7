// AdamW with block-wise 8-bit moments (arXiv 2110.02861), as bitsandbytes defines them. A warp holds a block of 256 in
// registers: it is widened, steps as f32 moments do, and is rounded again, with no barrier.
#include "core/moment_block.h"
#include "cuda/adamw.h"
#include "cuda/cuda_ops.h"
#include "cuda/elements.h"
#include "cuda/moment_maps.h"
#include "cuda/reduce.h"
#include "cuda/tensor_runs.h"
#include "cuda/view.h"
#include "ops/adamw_step.h"

namespace adapter_lab {
namespace {

using namespace gpu;

constexpr int kOwn = kMomentBlock / kWarp;  // a lane's elements, a warp's width apart
constexpr unsigned kWarps = 4;              // of a block of threads

/** A moment and its map. */
struct Moment {
  Array<uint8_t> codes;
  Array<float> scales;
  MomentMap map;
};

__device__ __forceinline__ int64_t block_of_warp() {
  return static_cast<int64_t>(blockIdx.x) * kWarps + threadIdx.x / kWarp;
}
__device__ __forceinline__ int64_t own_index(int64_t block, int i) { return block * kMomentBlock + i * kWarp + lane(); }

/** Elements behind the last are 0. */
template <class T>
__device__ __forceinline__ void load_block(float (&values)[kOwn], const Array<T>& x, int64_t block) {
  for (int i = 0; i < kOwn; ++i) {
    const int64_t index = own_index(block, i);
    values[i] = index < x.count ? x.load(index) : 0.0f;
  }
}

__device__ __forceinline__ void widen_block(float (&values)[kOwn], const Moment& moment, int64_t block) {
  const float scale = moment.scales.load(block);
  for (int i = 0; i < kOwn; ++i) {
    const int64_t index = own_index(block, i);
    values[i] = index < moment.codes.count ? moment.map.values.load(moment.codes.load(index)) * scale : 0.0f;
  }
}

/** Codes of values / the block's largest magnitude, which becomes its scale: bit for bit those of the CPU, whose
 *  product and sum are rounded once too. A number that is none takes the first place, code 0, and a block
 *  of zeros has nothing else: 0 / 0. Below 2^-128 the inverse is infinite, and so are parts. */
__device__ __forceinline__ void narrow_block(const Moment& moment, const float (&values)[kOwn], int64_t block) {
  float largest = 0.0f;
  for (int i = 0; i < kOwn; ++i) largest = Maximum()(fabsf(values[i]), largest);
  largest = warp_reduce(largest, Maximum());
  const float inverse = 1.0f / largest;
  for (int i = 0; i < kOwn; ++i) {
    const int64_t index = own_index(block, i);
    if (index >= moment.codes.count) break;
    float part = values[i] * inverse;
    part = part > -1.0f ? part : -1.0f;
    part = part < 1.0f ? part : 1.0f;
    const auto place = static_cast<int32_t>(fmaf(part + 1.0f, 32767.5f, 0.5f));
    moment.codes.store(index, moment.map.nearest.load(place));
  }
  if (lane() == 0) moment.scales.store(block, largest);
}

struct EightBitArrays {
  Array<float> parameter;
  Moment first, second;
  Array<const float> gradient;
  OwnScalars scalars;
};

__device__ __forceinline__ void step_block(const EightBitArrays& own, int64_t block, const AdamWStep& step) {
  float values[kOwn];
  float gradients[kOwn];
  float moment1[kOwn];
  float moment2[kOwn];
  load_block(values, own.parameter, block);
  load_block(gradients, own.gradient, block);
  widen_block(moment1, own.first, block);
  widen_block(moment2, own.second, block);
  for (int i = 0; i < kOwn; ++i) {
    const int64_t index = own_index(block, i);
    if (index >= own.parameter.count) break;
    own.parameter.store(index, adamw_step(values[i], moment1[i], moment2[i], gradients[i], step));
  }
  narrow_block(own.first, moment1, block);
  narrow_block(own.second, moment2, block);
}

/** The warps of a block of threads share the run's blocks. */
__global__ void adamw_8bit_kernel(Array<const EightBitArrays> all, Array<const int64_t> first_runs, AdamWStep step) {
  const OwnRun run = own_run(first_runs);
  const EightBitArrays own = all.load_by_all(run.tensor);
  own.scalars.put_into(step);
  const int64_t end = ceil_div(run.end(own.parameter.count), kMomentBlock);
  for (int64_t block = run.first / kMomentBlock + threadIdx.x / kWarp; block < end; block += blockDim.x / kWarp)
    step_block(own, block, step);
}

__global__ void quantize_moment_kernel(Moment moment, Array<const float> x) {
  const int64_t block = block_of_warp();
  if (block >= moment.scales.count) return;
  float values[kOwn];
  load_block(values, x, block);
  narrow_block(moment, values, block);
}

__global__ void dequantize_moment_kernel(View<float> y, Moment moment) {
  const int64_t index = element_index();
  if (index >= y.cols) return;
  y.store(0, index, moment.map.values.load(moment.codes.load(index)) * moment.scales.load(index / kMomentBlock));
}

Moment moment_of(EightBitMoment moment, int64_t count, MomentMap map) {
  return {{moment.codes, count}, {moment.scales, ceil_div(count, kMomentBlock)}, map};
}

Extent warp_of_each_block(int64_t count) { return block_of_each(ceil_div(count, kMomentBlock * kWarps)); }

}  // namespace

void CudaOps::adamw_8bit(std::span<const EightBitAdamWTensor> tensors, AdamW options) {
  TensorRuns<EightBitArrays> runs;
  for (const auto& [parameter, moments, gradient, rate] : tensors) {
    const int64_t count = parameter.count();
    runs.add({array_of(parameter), moment_of(moments.first, count, moment_maps_.get(true)),
              moment_of(moments.second, count, moment_maps_.get(false)), array_of(gradient).read_only(),
              own_scalars(step_of(options, rate))},
             count);
  }
  scratch_.reset();
  runs.launch_over("adamw_8bit", adamw_8bit_kernel, 0, scratch_, step_of(options, 1.0f));
}

void CudaOps::quantize_moment(EightBitMoment moment, Tensor x, bool has_signs) {
  launch("quantize_moment", quantize_moment_kernel, warp_of_each_block(x.count()), kWarps * kWarp, 0,
         moment_of(moment, x.count(), moment_maps_.get(has_signs)), array_of(x).read_only());
}

void CudaOps::dequantize_moment(Tensor y, EightBitMoment moment, bool has_signs) {
  launch_elements("dequantize_moment", dequantize_moment_kernel, y.count(), View<float>(flat(y)),
                  moment_of(moment, y.count(), moment_maps_.get(has_signs)));
}

}  // namespace adapter_lab
