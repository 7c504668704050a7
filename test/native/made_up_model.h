// Models of a shape alone: every weight is the beginning of one file.
#pragma once
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "model/transformer.h"

namespace adapter_lab {

/** Of zeros, which take no room, until they are overwritten; as large as any weight is to be. */
class MadeUpWeights {
 public:
  explicit MadeUpWeights(int64_t size_bytes)
      : name_((std::filesystem::temp_directory_path() / "adapter-lab-weights-XXXXXX").string()) {
    file_ = mkstemp(name_.data());
    if (file_ < 0 || ftruncate(file_, size_bytes) != 0) std::abort();
  }
  ~MadeUpWeights() {
    close(file_);
    unlink(name_.c_str());
  }
  MadeUpWeights(const MadeUpWeights&) = delete;
  MadeUpWeights& operator=(const MadeUpWeights&) = delete;

  const std::string& name() const { return name_; }
  /** The file begins with them. */
  void write(const std::vector<float>& values) {
    const auto size_bytes = static_cast<ssize_t>(values.size() * sizeof(float));
    if (pwrite(file_, values.data(), static_cast<size_t>(size_bytes), 0) != size_bytes) std::abort();
  }

 private:
  std::string name_;
  int file_;
};

struct MadeUpShape {
  int64_t layers, hidden, heads, kv_heads, head_dim, intermediate, vocabulary;
};

struct MadeUpMethod {
  const char* name;
  LowRankKind kind;
  int64_t rank;
  bool magnitude;
  DType weights;
};

/** For training, all seven modules of each layer adapted, without dropout. */
inline TransformerSpec make_up(const MadeUpShape& shape, const MadeUpMethod& method, const std::string& file) {
  TransformerSpec spec{};
  spec.shape = {shape.layers,       shape.hidden,     shape.heads, shape.kv_heads,
                shape.head_dim,     shape.intermediate, shape.vocabulary, 1e-5f, false,
                std::vector<float>(static_cast<size_t>(shape.head_dim / 2), 1.0f),
                std::vector<int64_t>(static_cast<size_t>(shape.layers), 0)};
  spec.training = true;
  const auto matrix = [&](const std::string& name, int64_t out, int64_t in, DType type) {
    TensorSource source{file, 0, type, {out, in}};
    source.nf4 = {64, false, {file, 0}, {}, {}, 0.0f};
    spec.tensors[name + ".weight"] = source;
  };
  const auto norm = [&](const std::string& name) {
    spec.tensors[name + ".weight"] = TensorSource{file, 0, DType::f32, {shape.hidden}};
  };
  const auto adapted = [&](const std::string& name, int64_t out, int64_t in) {
    matrix(name, out, in, method.weights);
    spec.adapters.push_back(
        {name, method.kind, method.rank, 1.0f, 0.0f, method.magnitude, true, Initial::kDefault, false});
  };
  const DType ends = method.weights == DType::nf4 ? DType::bf16 : method.weights;
  matrix("model.embed_tokens", shape.vocabulary, shape.hidden, ends);
  matrix("lm_head", shape.vocabulary, shape.hidden, ends);
  norm("model.norm");
  for (int64_t layer = 0; layer < shape.layers; ++layer) {
    const std::string prefix = "model.layers." + std::to_string(layer) + ".";
    norm(prefix + "input_layernorm");
    norm(prefix + "post_attention_layernorm");
    adapted(prefix + "self_attn.q_proj", shape.heads * shape.head_dim, shape.hidden);
    adapted(prefix + "self_attn.k_proj", shape.kv_heads * shape.head_dim, shape.hidden);
    adapted(prefix + "self_attn.v_proj", shape.kv_heads * shape.head_dim, shape.hidden);
    adapted(prefix + "self_attn.o_proj", shape.hidden, shape.heads * shape.head_dim);
    adapted(prefix + "mlp.gate_proj", shape.intermediate, shape.hidden);
    adapted(prefix + "mlp.up_proj", shape.intermediate, shape.hidden);
    adapted(prefix + "mlp.down_proj", shape.hidden, shape.intermediate);
  }
  return spec;
}

}  // namespace adapter_lab
