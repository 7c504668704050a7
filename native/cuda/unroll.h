// GPU_UNROLL before a loop over arrays of sums: they are registers only when every index is known.
#pragma once

#ifdef __CUDACC__
#define GPU_UNROLL _Pragma("unroll")
#else
#define GPU_UNROLL
#endif
