// tensor_cores.h for nvcc, by PTX.
#pragma once

namespace adapter_lab::gpu {

__device__ __forceinline__ uint32_t address_in_shared(const void* address) {
  return static_cast<uint32_t>(__cvta_generic_to_shared(address));
}

__device__ __forceinline__ void only_with_tensor_cores() {
#if __CUDA_ARCH__ < 800
  __trap();
  __builtin_unreachable();
#endif
}

__device__ __forceinline__ void only_without_tensor_cores() {
#if __CUDA_ARCH__ >= 800
  __trap();
  __builtin_unreachable();
#endif
}

/** From global memory in one access. */
template <class T>
__device__ __forceinline__ T read_at_once(const void* from) {
  static_assert(sizeof(T) == alignof(T));
  return *static_cast<const T*>(from);
}

/** Two floats as bf16, the first in the lower half. */
__device__ __forceinline__ uint32_t narrow_pair(float first, float second) {
  uint32_t pair;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(second), "f"(first));
  return pair;
}

/** Four 8 x 8 blocks of 16 bits: lanes 8 i to 8 i + 7 name the rows of block i. Every lane gets the two elements of row
 * lane / 4 from column 2 (lane % 4) on, of the blocks as they are or turned over. */
__device__ __forceinline__ void load_matrices(uint32_t (&blocks)[4], const Shared<Piece>& pieces, int64_t index,
                                              bool turned) {
  const uint32_t from = address_in_shared(&pieces[index]);
  if (turned)
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(blocks[0]), "=r"(blocks[1]), "=r"(blocks[2]), "=r"(blocks[3])
                 : "r"(from)
                 : "memory");
  else
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(blocks[0]), "=r"(blocks[1]), "=r"(blocks[2]), "=r"(blocks[3])
                 : "r"(from)
                 : "memory");
}

/** d += a b. */
__device__ __forceinline__ void multiply_add(FragmentD& d, const FragmentA& a, const FragmentB& b) {
  asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
      "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+f"(d.at[0]), "+f"(d.at[1]), "+f"(d.at[2]), "+f"(d.at[3])
      : "r"(a.at[0]), "r"(a.at[1]), "r"(a.at[2]), "r"(a.at[3]), "r"(b.at[0]), "r"(b.at[1]));
}

/** Copies from global to shared memory that go on while the thread computes. */
class AsyncCopies {
 public:
  __device__ __forceinline__ void copy(const Shared<Piece>& to, int64_t index, const void* from) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;"
                 :
                 : "r"(address_in_shared(&to[index])), "l"(__cvta_generic_to_global(from))
                 : "memory");
  }
  /** What was begun since the last call is a group. */
  __device__ __forceinline__ void commit() {
    asm volatile("cp.async.commit_group;" ::: "memory");
  }
  /** Waits for this thread's groups but the latest kLeft; others' are known to be there after a barrier. */
  template <int kLeft>
  __device__ __forceinline__ void wait() {
    asm volatile("cp.async.wait_group %0;" ::"n"(kLeft) : "memory");
  }
};

}  // namespace adapter_lab::gpu
