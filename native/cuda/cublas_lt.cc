#include "cuda/cublas_lt.h"

#include <dlfcn.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "core/error.h"
#include "cuda/pieces.h"

namespace adapter_lab::gpu {
namespace {

// Of the documented interface ("cuBLASLt Datatypes Reference"), by the numbers that it gives its names.
constexpr int kSuccess = 0;
constexpr int kTypeF32 = 0, kTypeBf16 = 14;          // cudaDataType_t
constexpr int kComputeF32 = 68;                      // cublasComputeType_t
constexpr int kTransposeA = 3, kTransposeB = 4;      // cublasLtMatmulDescAttributes_t
constexpr int kReductionSchemes = 3;                 // cublasLtMatmulPreferenceAttributes_t
constexpr int kSmallestAlignments[] = {5, 6, 7, 8};  // of A, B, C and D

int type_of(Tensor x) { return x.dtype == DType::f32 ? kTypeF32 : kTypeBf16; }

bool is_for_it(const Product& product) {
  const auto is_plain = [](Tensor x) { return x.dtype == DType::bf16 && has_whole_pieces(x); };
  return product.c.count() > 0 && product.depth() > 0 && is_plain(product.a) && is_plain(product.b) &&
         has_whole_pieces(product.c);
}

/** An object of the library. */
class Handle {
 public:
  explicit Handle(int (*destroy)(void*)) : destroy_(destroy) {}
  ~Handle() {
    if (object_) destroy_(object_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  void** place() { return &object_; }
  void* get() const { return object_; }

 private:
  int (*destroy_)(void*);
  void* object_ = nullptr;
};

void check(int status, const char* what) {
  if (status != kSuccess) throw Error("gpu-failed", what, "cuBLASLt's status " + std::to_string(status));
}

}  // namespace

struct CublasLt::Functions {
  struct Found {
    uint64_t algorithm[8];
    size_t workspace_bytes;
    int status;
    float waves;
    int reserved[4];
  };

  size_t (*get_version)();
  int (*create)(void** handle);
  int (*create_layout)(void** layout, int type, uint64_t rows, uint64_t cols, int64_t stride);
  int (*destroy_layout)(void* layout);
  int (*create_product)(void** product, int compute_type, int scale_type);
  int (*destroy_product)(void* product);
  int (*set_in_product)(void* product, int attribute, const void* value, size_t size_bytes);
  int (*create_preference)(void** preference);
  int (*destroy_preference)(void* preference);
  int (*set_in_preference)(void* preference, int attribute, const void* value, size_t size_bytes);
  int (*find_algorithms)(void* handle, void* product, void* a, void* b, void* c, void* d, void* preference, int wanted,
                         Found* found, int* count);
  int (*multiply)(void* handle, void* product, const void* alpha, const void* a_data, void* a, const void* b_data,
                  void* b, const void* beta, const void* c_data, void* c, void* d_data, void* d,
                  const Algorithm* algorithm, void* workspace, size_t workspace_bytes, void* stream);

  explicit Functions(void* library) {
    const auto find = [library](auto& function, const char* name) {
      function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, name));
      if (!function) throw std::runtime_error(std::string("it has no function ") + name);
    };
    find(get_version, "cublasLtGetVersion");
    // Another version is told by its number, not by what it lacks.
    if (get_version() / 10000 != kMajor) return;
    find(create, "cublasLtCreate");
    find(create_layout, "cublasLtMatrixLayoutCreate");
    find(destroy_layout, "cublasLtMatrixLayoutDestroy");
    find(create_product, "cublasLtMatmulDescCreate");
    find(destroy_product, "cublasLtMatmulDescDestroy");
    find(set_in_product, "cublasLtMatmulDescSetAttribute");
    find(create_preference, "cublasLtMatmulPreferenceCreate");
    find(destroy_preference, "cublasLtMatmulPreferenceDestroy");
    find(set_in_preference, "cublasLtMatmulPreferenceSetAttribute");
    find(find_algorithms, "cublasLtMatmulAlgoGetHeuristic");
    find(multiply, "cublasLtMatmul");
  }
};

/** One product as the library is told it. Its matrices go by columns: what lies by rows is the transpose to it, and
 * c = op(a) op(b) by rows is c^T = op(b)^T op(a)^T by columns, so that a and b change places. */
struct CublasLt::Call {
  Handle product, a, b, c;

  Call(const Functions& functions, const Product& wanted)
      : product(functions.destroy_product),
        a(functions.destroy_layout),
        b(functions.destroy_layout),
        c(functions.destroy_layout) {
    check(functions.create_product(product.place(), kComputeF32, kTypeF32), "cublasLtMatmulDescCreate");
    const auto set = [&](int attribute, bool transpose) {
      const int32_t value = transpose ? 1 : 0;
      check(functions.set_in_product(product.get(), attribute, &value, sizeof(value)),
            "cublasLtMatmulDescSetAttribute");
    };
    set(kTransposeA, wanted.transpose_b);
    set(kTransposeB, wanted.transpose_a);
    const auto describe = [&](Handle& layout, Tensor x) {
      const auto rows = static_cast<uint64_t>(x.cols), cols = static_cast<uint64_t>(x.rows);
      check(functions.create_layout(layout.place(), type_of(x), rows, cols, x.stride), "cublasLtMatrixLayoutCreate");
    };
    describe(a, wanted.b);
    describe(b, wanted.a);
    describe(c, wanted.c);
  }
};

CublasLt::CublasLt(const char* file) {
  void* const library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  if (!library) throw std::runtime_error(dlerror());
  functions_ = std::make_unique<Functions>(library);
  version_ = static_cast<int>(functions_->get_version());
}

CublasLt::~CublasLt() = default;

bool CublasLt::multiply(const Product& product) {
  if (version_ / 10000 != kMajor || !is_for_it(product)) return false;
  const Call call(*functions_, product);
  const std::optional<Algorithm> algorithm = algorithm_of(product, call);
  if (!algorithm) return false;
  check(functions_->multiply(handle_, call.product.get(), &product.alpha, product.b.data, call.a.get(), product.a.data,
                             call.b.get(), &product.beta, product.c.data, call.c.get(), product.c.data, call.c.get(),
                             &*algorithm, nullptr, 0, nullptr),
        "cublasLtMatmul");
  return true;
}

/** The same for every product of these sizes. */
std::optional<CublasLt::Algorithm> CublasLt::algorithm_of(const Product& product, const Call& call) {
  const Tensor c = product.c;
  const Key key{c.rows,   c.cols,     product.depth(), product.a.stride, product.b.stride,
                c.stride, type_of(c), 2 * product.transpose_a + product.transpose_b};
  const std::lock_guard lock(mutex_);
  if (!handle_) check(functions_->create(&handle_), "cublasLtCreate");
  const auto known = algorithms_.find(key);
  if (known != algorithms_.end()) return known->second;
  return algorithms_[key] = choose(call);
}

std::optional<CublasLt::Algorithm> CublasLt::choose(const Call& call) const {
  Handle preference(functions_->destroy_preference);
  check(functions_->create_preference(preference.place()), "cublasLtMatmulPreferenceCreate");
  const auto prefer = [&](int attribute, uint32_t value) {
    check(functions_->set_in_preference(preference.get(), attribute, &value, sizeof(value)),
          "cublasLtMatmulPreferenceSetAttribute");
  };
  prefer(kReductionSchemes, 0);
  for (const int attribute : kSmallestAlignments) prefer(attribute, sizeof(Piece));
  Functions::Found found{};
  int count = 0;
  const int status =
      functions_->find_algorithms(handle_, call.product.get(), call.a.get(), call.b.get(), call.c.get(), call.c.get(),
                                  preference.get(), 1, &found, &count);
  if (status != kSuccess || count < 1 || found.status != kSuccess || found.workspace_bytes > 0) return std::nullopt;
  Algorithm algorithm;
  std::copy(std::begin(found.algorithm), std::end(found.algorithm), algorithm.data);
  return algorithm;
}

namespace {

std::unique_ptr<CublasLt> current;

}  // namespace

CublasLt* cublas_lt() { return current.get(); }
void use_cublas_lt(std::unique_ptr<CublasLt> library) { current = std::move(library); }

}  // namespace adapter_lab::gpu
