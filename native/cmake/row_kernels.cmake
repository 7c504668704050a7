# Target `adapter_lab_row_kernels`: native/cpu/kernels/table.cc compiled once for each instruction set; cpu/select_kernels.cc
# chooses at run time. Only these files see the flags, and they use no inline function of any library, so that no AVX code
# can end up in a function that others share. FMA is wanted here: one machine always takes the same table.
add_library(adapter_lab_row_kernels INTERFACE)

# GCC 12 takes the undefined operands inside its own AVX-512 functions for a mistake (its bug 105593).
set(row_kernel_warnings $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized;-Wno-uninitialized>)

# With the sanitizers' checks in its loops all unrolled, the widest table takes minutes to compile.
set(row_kernel_optimisation $<IF:$<BOOL:${ADAPTER_LAB_SANITIZE}>,-O1,-O3>)

function(add_row_kernels level)
  add_library(row_kernels_${level} OBJECT native/cpu/kernels/table.cc)
  target_include_directories(row_kernels_${level} PRIVATE native)
  target_compile_definitions(row_kernels_${level} PRIVATE ADAPTER_LAB_LEVEL=${level})
  target_compile_options(row_kernels_${level} PRIVATE ${row_kernel_optimisation} -fopenmp-simd -ffp-contract=fast
    -fno-math-errno -fno-trapping-math $<$<CXX_COMPILER_ID:Clang>:-Wno-pass-failed> ${row_kernel_warnings} ${ARGN})
  target_link_libraries(adapter_lab_row_kernels INTERFACE row_kernels_${level} $<TARGET_OBJECTS:row_kernels_${level}>)
endfunction()

add_row_kernels(baseline)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  add_row_kernels(avx2 -mavx2 -mfma)
  add_row_kernels(avx512 -mavx2 -mfma -mavx512f -mavx512bw -mavx512dq -mavx512vl -mprefer-vector-width=512)
endif()

# AMX's tiles, where both the compiler and the system know them.
include(CheckCXXCompilerFlag)
check_cxx_compiler_flag("-mamx-tile -mamx-bf16 -mavx512bf16" ADAPTER_LAB_HAS_AMX)
if(ADAPTER_LAB_HAS_AMX AND CMAKE_SYSTEM_NAME STREQUAL "Linux")
  add_library(tiles_amx OBJECT native/cpu/kernels/tiles_amx.cc native/cpu/kernels/tiles_amx_rows.cc)
  target_include_directories(tiles_amx PRIVATE native)
  target_compile_options(tiles_amx PRIVATE -O3 -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512bf16 -mamx-tile
    -mamx-bf16 -mprefer-vector-width=512 ${row_kernel_warnings})
  target_link_libraries(adapter_lab_row_kernels INTERFACE tiles_amx $<TARGET_OBJECTS:tiles_amx>)
  target_compile_definitions(adapter_lab_row_kernels INTERFACE ADAPTER_LAB_AMX)
endif()
