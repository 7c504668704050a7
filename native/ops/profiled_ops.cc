#include "ops/profiled_ops.h"

#include <algorithm>
#include <initializer_list>

namespace adapter_lab {
namespace {

double count(Tensor x) { return static_cast<double>(x.count()); }

/** Bytes of an element; those of 4 bits have half a byte of a scale of 64 beside them. */
double element_bytes(DType type) { return type == DType::nf4 ? 0.5 + 4.0 / 64 : static_cast<double>(size_of(type)); }

/** Of tensors that are read or written once; one that is both stands there twice. */
double moved(std::initializer_list<Tensor> tensors) {
  double bytes = 0;
  for (const Tensor& x : tensors)
    if (!x.empty()) bytes += count(x) * element_bytes(x.dtype);
  return bytes;
}

/** The shape of many tensors of f32: one row of all their values. */
template <class One, class TensorOf>
Tensor as_row(std::span<const One> all, const TensorOf& tensor_of) {
  if (all.empty()) return {};
  int64_t values = 0;
  for (const One& one : all) values += tensor_of(one).count();
  return Tensor(tensor_of(all.front()).data, 1, values);
}

/** Pairs of a query and a key that it sees, of one head. */
double scores(Sequences texts, const AttentionShape& shape) {
  double pairs = 0;
  for (int64_t text = 0; text < texts.count(); ++text) {
    const auto at = static_cast<size_t>(text);
    const int64_t length = texts.starts[at + 1] - texts.starts[at];
    const int64_t in_full = shape.window > 0 ? std::min(shape.window, length) : length;
    pairs += static_cast<double>(in_full) * static_cast<double>(in_full + 1) / 2;
    pairs += static_cast<double>(length - in_full) * static_cast<double>(in_full);
  }
  return pairs;
}

double scores(std::span<const CachedRow> rows, const AttentionShape& shape) {
  double pairs = 0;
  for (const CachedRow& row : rows)
    pairs += static_cast<double>(shape.window > 0 ? std::min(shape.window, row.position + 1) : row.position + 1);
  return pairs;
}

double head_width(const AttentionShape& shape) { return static_cast<double>(shape.heads * shape.head_dim); }

}  // namespace

void ProfiledOps::start() {
  profile_ = {};
  place_ = {};
  begin_ = Clock::now();
  is_recording_ = true;
}

Profile ProfiledOps::stop() {
  is_recording_ = false;
  return std::exchange(profile_, {});
}

void ProfiledOps::enter(ModelPlace place) {
  place_ = place;
  ops_->enter(place);
}

template <class Run>
void ProfiledOps::record(const char* name, Tensor shape, double operations, double bytes, Run&& run) {
  if (!is_recording_) return run();
  const double start = now();
  run();
  ops_->finish();
  profile_.calls.push_back({name, place_, shape.rows, shape.cols, 0, start, now() - start, operations, bytes});
}

template <class Run>
void ProfiledOps::record_product(const char* name, Tensor c, int64_t depth, double bytes, Run&& run) {
  const auto before = profile_.calls.size();
  record(name, c, 2 * count(c) * static_cast<double>(depth), bytes, std::forward<Run>(run));
  if (profile_.calls.size() > before) profile_.calls.back().depth = depth;
}

Buffer ProfiledOps::allocate(size_t size_bytes, const char* what) {
  if (is_recording_) {
    profile_.allocations += 1;
    profile_.allocated_bytes += static_cast<double>(size_bytes);
  }
  return ops_->allocate(size_bytes, what);
}

void ProfiledOps::zero(Tensor y) {
  record("zero", y, 0, moved({y}), [&] { ops_->zero(y); });
}

void ProfiledOps::zero_all(std::span<const Tensor> ys) {
  const Tensor all = as_row(ys, [](const Tensor& y) { return y; });
  record("zero_all", all, 0, moved({all}), [&] { ops_->zero_all(ys); });
}

void ProfiledOps::upload(Tensor y, const void* source, DType source_type) {
  record("upload", y, 0, moved({y}), [&] { ops_->upload(y, source, source_type); });
}

void ProfiledOps::upload_bytes(void* to, const void* from, size_t size_bytes) {
  record("upload_bytes", {}, 0, 2 * static_cast<double>(size_bytes), [&] { ops_->upload_bytes(to, from, size_bytes); });
}

void ProfiledOps::download_bytes(void* to, const void* from, size_t size_bytes) {
  record("download_bytes", {}, 0, 2 * static_cast<double>(size_bytes),
         [&] { ops_->download_bytes(to, from, size_bytes); });
}

void ProfiledOps::download(float* host, Tensor x) {
  record("download", x, 0, moved({x}), [&] { ops_->download(host, x); });
}

void ProfiledOps::copy(Tensor y, Tensor x) {
  record("copy", y, 0, moved({y, x}), [&] { ops_->copy(y, x); });
}

void ProfiledOps::quantize_nf4(uint8_t* codes, float* absmax, const void* source, DType type, int64_t count,
                               int64_t block_size) {
  const auto values = static_cast<double>(count);
  record("quantize_nf4", {}, 6 * values, values * (static_cast<double>(size_of(type)) + 0.5),
         [&] { ops_->quantize_nf4(codes, absmax, source, type, count, block_size); });
}

void ProfiledOps::gemm(Tensor c, Tensor a, bool transpose_a, Tensor b, bool transpose_b, float alpha, float beta) {
  record_product("gemm", c, transpose_a ? a.rows : a.cols, moved({c, a, b}) + (beta == 0.0f ? 0 : moved({c})),
                 [&] { ops_->gemm(c, a, transpose_a, b, transpose_b, alpha, beta); });
}

void ProfiledOps::scaled_product(Tensor y, Tensor u, Tensor x, Tensor w, Tensor gain, float alpha, bool accumulate) {
  record_product("scaled_product", y, x.cols, moved({y, u, x, w, gain}) + (accumulate ? moved({y}) : 0),
                 [&] { ops_->scaled_product(y, u, x, w, gain, alpha, accumulate); });
}

void ProfiledOps::row_product(Tensor y, Tensor x, Tensor w, float alpha, bool accumulate) {
  record_product("row_product", y, x.cols, moved({y, x, w}) + (accumulate ? moved({y}) : 0),
                 [&] { ops_->row_product(y, x, w, alpha, accumulate); });
}

void ProfiledOps::weight_product(Tensor y, Tensor w, Tensor x) {
  record_product("weight_product", y, x.cols, moved({y, w, x}), [&] { ops_->weight_product(y, w, x); });
}

void ProfiledOps::embedding_forward(Tensor y, Tensor table, const int32_t* ids) {
  record("embedding_forward", y, 0, 2 * moved({y}), [&] { ops_->embedding_forward(y, table, ids); });
}

void ProfiledOps::embedding_backward(Tensor dtable, Tensor dy, const int32_t* ids) {
  record("embedding_backward", dy, count(dy), 3 * moved({dy}), [&] { ops_->embedding_backward(dtable, dy, ids); });
}

void ProfiledOps::rmsnorm_forward(Tensor y, Tensor rstd, Tensor x, Tensor weight, float epsilon) {
  record("rmsnorm_forward", y, 4 * count(x), moved({y, rstd, x, weight}),
         [&] { ops_->rmsnorm_forward(y, rstd, x, weight, epsilon); });
}

void ProfiledOps::rmsnorm_backward(Tensor dx, Tensor dweight, Tensor dy, Tensor x, Tensor weight, Tensor rstd) {
  record("rmsnorm_backward", dx, (dweight.empty() ? 8 : 11) * count(x),
         moved({dx, dx, dweight, dweight, dy, x, weight, rstd}),
         [&] { ops_->rmsnorm_backward(dx, dweight, dy, x, weight, rstd); });
}

void ProfiledOps::rope(Tensor y, Tensor x, Tensor cosine, Tensor sine, const int32_t* positions, int64_t head_dim,
                       bool inverse) {
  // Of the tables no more is read than there are rows.
  const double angles = 2.0 * static_cast<double>(std::min(x.rows, cosine.rows) * cosine.cols) * sizeof(float);
  record("rope", x, 3 * count(x), moved({y, x}) + angles,
         [&] { ops_->rope(y, x, cosine, sine, positions, head_dim, inverse); });
}

void ProfiledOps::attention_forward(Tensor y, Tensor lse, Tensor q, Tensor k, Tensor v, Sequences texts,
                                    AttentionShape shape) {
  record("attention_forward", y, 4 * scores(texts, shape) * head_width(shape), moved({y, lse, q, k, v}),
         [&] { ops_->attention_forward(y, lse, q, k, v, texts, shape); });
}

void ProfiledOps::attention_backward(Tensor dq, Tensor dk, Tensor dv, Tensor dy, Tensor q, Tensor k, Tensor v, Tensor y,
                                     Tensor lse, Sequences texts, AttentionShape shape) {
  record("attention_backward", dq, 10 * scores(texts, shape) * head_width(shape),
         moved({dq, dk, dv, dy, q, k, v, y, lse}),
         [&] { ops_->attention_backward(dq, dk, dv, dy, q, k, v, y, lse, texts, shape); });
}

void ProfiledOps::cache_store(std::span<const CachePlace> places, Tensor k, Tensor v, int64_t layer,
                              AttentionShape shape) {
  record("cache_store", k, 0, 2 * moved({k, v}), [&] { ops_->cache_store(places, k, v, layer, shape); });
}

void ProfiledOps::attention_cached(Tensor y, Tensor q, std::span<const CachedText> texts,
                                   std::span<const CachedRow> rows, int64_t layer, AttentionShape shape) {
  record("attention_cached", y, 4 * scores(rows, shape) * head_width(shape),
         moved({y, q}) + 8 * scores(rows, shape) * static_cast<double>(shape.kv_heads * shape.head_dim),
         [&] { ops_->attention_cached(y, q, texts, rows, layer, shape); });
}

void ProfiledOps::swiglu_forward(Tensor y, Tensor gate, Tensor up) {
  record("swiglu_forward", y, 5 * count(y), moved({y, gate, up}), [&] { ops_->swiglu_forward(y, gate, up); });
}

void ProfiledOps::swiglu_backward(Tensor dgate, Tensor dup, Tensor dy, Tensor gate, Tensor up) {
  record("swiglu_backward", dy, 12 * count(dy), moved({dgate, dup, dy, gate, up}),
         [&] { ops_->swiglu_backward(dgate, dup, dy, gate, up); });
}

void ProfiledOps::add(Tensor y, Tensor x) {
  record("add", y, count(y), moved({y, y, x}), [&] { ops_->add(y, x); });
}

void ProfiledOps::add_bias(Tensor y, Tensor bias) {
  record("add_bias", y, count(y), moved({y, y, bias}), [&] { ops_->add_bias(y, bias); });
}

void ProfiledOps::bias_backward(Tensor dbias, Tensor dy) {
  record("bias_backward", dy, count(dy), moved({dbias, dbias, dy}), [&] { ops_->bias_backward(dbias, dy); });
}

void ProfiledOps::scale_columns(Tensor y, Tensor x, Tensor gain, bool accumulate) {
  record("scale_columns", y, (accumulate ? 2 : 1) * count(y), moved({y, x, gain}) + (accumulate ? moved({y}) : 0),
         [&] { ops_->scale_columns(y, x, gain, accumulate); });
}

void ProfiledOps::scale_columns_backward(Tensor dgain, Tensor dy, Tensor x) {
  record("scale_columns_backward", dy, 2 * count(dy), moved({dgain, dgain, dy, x}),
         [&] { ops_->scale_columns_backward(dgain, dy, x); });
}

void ProfiledOps::scale_rows(Tensor y, Tensor x, Tensor gain) {
  record("scale_rows", y, count(y), moved({y, x, gain}), [&] { ops_->scale_rows(y, x, gain); });
}

void ProfiledOps::scale_rows_backward(Tensor dgain, Tensor dy, Tensor x) {
  record("scale_rows_backward", dy, 2 * count(dy), moved({dgain, dgain, dy, x}),
         [&] { ops_->scale_rows_backward(dgain, dy, x); });
}

void ProfiledOps::dropout_forward(Tensor y, Tensor x, Dropout dropout) {
  record("dropout_forward", y, count(y), moved({y, x}), [&] { ops_->dropout_forward(y, x, dropout); });
}

void ProfiledOps::dropout_backward(Tensor dx, Tensor dy, Dropout dropout) {
  record("dropout_backward", dx, 2 * count(dx), moved({dx, dx, dy}), [&] { ops_->dropout_backward(dx, dy, dropout); });
}

void ProfiledOps::row_squares(Tensor squares, Tensor w) {
  record("row_squares", w, 2 * count(w), moved({squares, w}), [&] { ops_->row_squares(squares, w); });
}

void ProfiledOps::dora_gain(Tensor gain, Tensor norm, Tensor squares, Tensor wa, Tensor b, Tensor gram,
                            Tensor magnitude, float scale) {
  record("dora_gain", b, count(b) * static_cast<double>(2 * gram.rows + 4),
         moved({gain, norm, squares, wa, b, gram, magnitude}),
         [&] { ops_->dora_gain(gain, norm, squares, wa, b, gram, magnitude, scale); });
}

void ProfiledOps::are_large(uint8_t* are_large, std::span<const Tensor> xs, float least) {
  const Tensor all = as_row(xs, [](const Tensor& x) { return x; });
  record("are_large", all, count(all), moved({all}), [&] { ops_->are_large(are_large, xs, least); });
}

void ProfiledOps::dora_backward(Tensor du, Tensor dmagnitude, Tensor dy, Tensor u, Tensor before, Tensor norm,
                                Tensor gain) {
  record("dora_backward", dy, (before.empty() ? 3 : 4) * count(dy),
         moved({du, dmagnitude, dmagnitude, dy, u, before, norm, gain}),
         [&] { ops_->dora_backward(du, dmagnitude, dy, u, before, norm, gain); });
}

void ProfiledOps::dora_norm_backward(Tensor db, Tensor kb, Tensor dmagnitude, Tensor gain, Tensor norm, Tensor wa,
                                     Tensor b, Tensor gram, float scale) {
  record("dora_norm_backward", b, count(b) * static_cast<double>(2 * gram.rows + 5),
         moved({db, db, kb, dmagnitude, gain, norm, wa, b, gram}),
         [&] { ops_->dora_norm_backward(db, kb, dmagnitude, gain, norm, wa, b, gram, scale); });
}

void ProfiledOps::cross_entropy(Tensor losses, Tensor logits, const int32_t* targets, float scale) {
  record("cross_entropy", logits, 6 * count(logits), moved({losses, logits, logits}),
         [&] { ops_->cross_entropy(losses, logits, targets, scale); });
}

void ProfiledOps::cross_entropy_loss(Tensor losses, Tensor logits, const int32_t* targets) {
  record("cross_entropy_loss", logits, 3 * count(logits), moved({losses, logits}),
         [&] { ops_->cross_entropy_loss(losses, logits, targets); });
}

void ProfiledOps::top_log_probabilities(float* values, int32_t* indices, Tensor logits, int64_t k) {
  record("top_log_probabilities", logits, 3 * count(logits), moved({logits}),
         [&] { ops_->top_log_probabilities(values, indices, logits, k); });
}

void ProfiledOps::draw_tokens(int32_t* tokens, float* values, Tensor logits, std::span<const double> draws, Cut cut) {
  record("draw_tokens", logits, 3 * count(logits), moved({logits}),
         [&] { ops_->draw_tokens(tokens, values, logits, draws, cut); });
}

void ProfiledOps::log_probabilities(double* values, Tensor logits, std::span<const TokenPick> picks) {
  record("log_probabilities", logits, 3 * count(logits), moved({logits}),
         [&] { ops_->log_probabilities(values, logits, picks); });
}

double ProfiledOps::sum_of_squares(std::span<const Tensor> xs) {
  double result = 0;
  const Tensor all = as_row(xs, [](const Tensor& x) { return x; });
  record("sum_of_squares", all, 2 * count(all), moved({all}), [&] { result = ops_->sum_of_squares(xs); });
  return result;
}

/** Read are parameter, both moments and gradient, written all but the last. */
void ProfiledOps::adamw(std::span<const AdamWTensor> tensors, AdamW options) {
  const Tensor all = as_row(tensors, [](const AdamWTensor& one) { return one.parameter; });
  record("adamw", all, 14 * count(all), 7 * moved({all}), [&] { ops_->adamw(tensors, options); });
}

void ProfiledOps::adamw_8bit(std::span<const EightBitAdamWTensor> tensors, AdamW options) {
  const Tensor all = as_row(tensors, [](const EightBitAdamWTensor& one) { return one.parameter; });
  record("adamw_8bit", all, 20 * count(all), 3 * moved({all}) + 4 * count(all),
         [&] { ops_->adamw_8bit(tensors, options); });
}

void ProfiledOps::quantize_moment(EightBitMoment moment, Tensor x, bool has_signs) {
  record("quantize_moment", x, 3 * count(x), moved({x}) + count(x),
         [&] { ops_->quantize_moment(moment, x, has_signs); });
}

void ProfiledOps::dequantize_moment(Tensor y, EightBitMoment moment, bool has_signs) {
  record("dequantize_moment", y, count(y), moved({y}) + count(y),
         [&] { ops_->dequantize_moment(y, moment, has_signs); });
}

void ProfiledOps::add_to_averages(std::span<const Average> averages, float decay) {
  const Tensor all = as_row(averages, [](const Average& one) { return one.x; });
  record("add_to_averages", all, 3 * count(all), 3 * moved({all}), [&] { ops_->add_to_averages(averages, decay); });
}

void ProfiledOps::exchange(Tensor a, Tensor b) {
  record("exchange", a, 0, moved({a, a, b, b}), [&] { ops_->exchange(a, b); });
}

void ProfiledOps::importance(Tensor sensitivity, Tensor uncertainty, Tensor parameter, Tensor gradient,
                             Smoothing options) {
  record("importance", parameter, 8 * count(parameter),
         moved({sensitivity, sensitivity, uncertainty, uncertainty, parameter, gradient}),
         [&] { ops_->importance(sensitivity, uncertainty, parameter, gradient, options); });
}

void ProfiledOps::importance_means(double* means, Tensor sensitivity, Tensor uncertainty, bool of_columns) {
  record("importance_means", sensitivity, 2 * count(sensitivity), moved({sensitivity, uncertainty}),
         [&] { ops_->importance_means(means, sensitivity, uncertainty, of_columns); });
}

void ProfiledOps::row_changes(double* change_m, double* change_d, Tensor w0, Tensor delta, Tensor magnitude) {
  record("row_changes", w0, 9 * count(w0), moved({w0, delta, magnitude}),
         [&] { ops_->row_changes(change_m, change_d, w0, delta, magnitude); });
}

}  // namespace adapter_lab
