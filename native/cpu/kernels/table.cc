// Compiled once for each instruction set (native/cmake/row_kernels.cmake), with ADAPTER_LAB_LEVEL as its namespace.
// Only C headers and this folder's static functions may be included here: an inline function of a library, compiled
// with AVX flags, could be the copy that the linker keeps for everyone.
#include "cpu/kernels/adamw.h"
#include "cpu/kernels/attention_scores.h"
#include "cpu/kernels/convert.h"
#include "cpu/kernels/dora.h"
#include "cpu/kernels/doubles.h"
#include "cpu/kernels/dropout.h"
#include "cpu/kernels/eight_bit.h"
#include "cpu/kernels/elementwise.h"
#include "cpu/kernels/kernels.h"
#include "cpu/kernels/lanes.h"
#include "cpu/kernels/nf4.h"
#include "cpu/kernels/reduce.h"
#include "cpu/kernels/rmsnorm.h"
#include "cpu/kernels/rope.h"
#include "cpu/kernels/row_changes.h"
#include "cpu/kernels/row_product.h"
#include "cpu/kernels/small_product.h"
#include "cpu/kernels/softmax.h"
#include "cpu/kernels/swiglu.h"

#define ADAPTER_LAB_QUOTE(name) #name
#define ADAPTER_LAB_TEXT(name) ADAPTER_LAB_QUOTE(name)

namespace adapter_lab::ADAPTER_LAB_LEVEL {

extern const Kernels kernels;
const Kernels kernels = {
    .name = ADAPTER_LAB_TEXT(ADAPTER_LAB_LEVEL),
    .from_bf16 = from_bf16,
    .from_f16 = from_f16,
    .from_nf4 = from_nf4,
    .to_nf4 = to_nf4,
    .add = add,
    .multiply = multiply,
    .multiply_add = multiply_add,
    .scale = scale,
    .axpy = axpy,
    .dot = dot,
    .sum_of_squares = sum_of_squares,
    .column_sums = column_sums,
    .column_products = column_products,
    .rmsnorm = rmsnorm,
    .rmsnorm_backward = rmsnorm_backward,
    .rope = rope,
    .swiglu = swiglu,
    .swiglu_backward = swiglu_backward,
    .dropout = dropout,
    .dropout_add = dropout_add,
    .row_max = row_max,
    .exp_row = exp_row,
    .exp_sum = exp_sum,
    .weigh_scores = weigh_scores,
    .weigh_scores_backward = weigh_scores_backward,
    .transpose = transpose,
    .transpose_bf16 = transpose_bf16,
    .small_product = small_product,
    .panel = kPanel,
    .pack_panels = pack_panels<float>,
    .pack_panels_bf16 = pack_panels<uint16_t>,
    .row_product = row_product,
    .dora_square_change = dora_square_change,
    .dora_backward = dora_backward,
    .adamw = adamw,
    .from_8bit = from_8bit,
    .to_8bit = to_8bit,
    .row_norms = row_norms,
    .direction_change = direction_change,
    .dot_doubles = dot_doubles,
    .add_doubles = add_doubles,
    .turn_doubles = turn_doubles,
};

}  // namespace adapter_lab::ADAPTER_LAB_LEVEL
