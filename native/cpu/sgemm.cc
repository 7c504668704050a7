// The one place that calls oneDNN.
#include "cpu/sgemm.h"

#include <oneapi/dnnl/dnnl.h>

#include "core/error.h"

// libgomp's; its header may be missing where another compiler is used.
extern "C" void omp_set_num_threads(int count);

namespace adapter_lab {
namespace {

/** oneDNN would start OpenMP's own threads, whose waiting spins. The setting is each thread's own. */
void forbid_openmp_threads() {
  thread_local bool forbidden = false;
  if (forbidden) return;
  omp_set_num_threads(1);
  forbidden = true;
}

}  // namespace

void sgemm(float* c, int64_t c_stride, Operand a, Operand b, int64_t m, int64_t n, int64_t k, float alpha, float beta) {
  forbid_openmp_threads();
  const dnnl_status_t status = dnnl_sgemm(a.transposed ? 'T' : 'N', b.transposed ? 'T' : 'N', m, n, k, alpha, a.data,
                                          a.stride, b.data, b.stride, beta, c, c_stride);
  if (status == dnnl_out_of_memory) throw Error("out-of-memory", "matrix product");
  if (status != dnnl_success) throw Error("internal", "matrix product", "dnnl status " + std::to_string(status));
}

}  // namespace adapter_lab
