# Target `adapter_lab_cuda_ops`: the CUDA backend for GPUs, where a CUDA 13 compiler is found that works with this host compiler:
# in build/cuda (node native/cmake/fetch-cuda.mjs makes it), else in CUDA_PATH, PATH or /usr/local/cuda. The runtime is linked in
# whole and finds the driver when it is first asked. With a compiler of the machine's own the addon is part of every build; with
# the fetched one it is built when it is asked for, so that nobody waits minutes for kernels without wanting them.
find_program(ADAPTER_LAB_NODE node)
find_program(ADAPTER_LAB_NVCC nvcc HINTS "$ENV{CUDA_PATH}/bin" PATHS /usr/local/cuda/bin)
set(fetched_nvcc "${CMAKE_CURRENT_SOURCE_DIR}/build/cuda/bin/nvcc")

# Sets `result` to the folder of the compiler's toolkit, or to nothing, and says why.
function(check_nvcc nvcc result)
  set(${result} "" PARENT_SCOPE)
  execute_process(COMMAND "${nvcc}" --version OUTPUT_VARIABLE told ERROR_QUIET)
  if(NOT told MATCHES "release ([0-9]+)\\." OR CMAKE_MATCH_1 LESS 13)
    message(STATUS "CUDA: ${nvcc} is older than 13 and is not used")
    return()
  endif()
  set(trial "${CMAKE_CURRENT_BINARY_DIR}/trial.cu")
  file(WRITE "${trial}" "#include <cuda_fp16.h>\n#include <stdexcept>\n__global__ void kernel() {}\n")
  execute_process(COMMAND "${nvcc}" -std=c++20 -arch=sm_80 -c "${trial}" -o "${trial}.o" RESULT_VARIABLE failed
    OUTPUT_VARIABLE words ERROR_VARIABLE words)
  if(failed)
    message(STATUS "CUDA: ${nvcc} does not work with this C++ compiler and is not used:\n${words}")
    return()
  endif()
  get_filename_component(real "${nvcc}" REALPATH)
  get_filename_component(toolkit "${real}/../.." ABSOLUTE)
  unset(cudart CACHE)
  find_library(cudart cudart_static PATHS "${toolkit}/lib64" "${toolkit}/lib" "${toolkit}/targets/x86_64-linux/lib"
    NO_DEFAULT_PATH)
  if(NOT cudart)
    message(STATUS "CUDA: libcudart_static.a is not beside ${nvcc}, which is not used")
    return()
  endif()
  message(STATUS "CUDA: ${nvcc}")
  set(${result} "${cudart}" PARENT_SCOPE)
endfunction()

set(cuda_runtime "")
set(ADAPTER_LAB_CUDA_BY_DEFAULT OFF)
if(ADAPTER_LAB_NODE AND EXISTS "${fetched_nvcc}")
  set(nvcc "${fetched_nvcc}")
  check_nvcc("${nvcc}" cuda_runtime)
elseif(ADAPTER_LAB_NODE AND ADAPTER_LAB_NVCC)
  set(nvcc "${ADAPTER_LAB_NVCC}")
  check_nvcc("${nvcc}" cuda_runtime)
  set(ADAPTER_LAB_CUDA_BY_DEFAULT ON)
endif()
if(NOT cuda_runtime)
  return()
endif()

# Host files beside the kernels are nvcc's too: gpu.h is CUDA's for it alone.
file(GLOB gpu_sources CONFIGURE_DEPENDS RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}/native/cuda" native/cuda/*.cu
  native/cuda/*.cc native/cuda/nvidia/*.cu native/cuda/nvidia/*.cc)
# What takes minutes is begun first, so that no core waits for it at the end.
set(long_sources ${gpu_sources})
list(FILTER long_sources INCLUDE REGEX "gemm\\.cu$")
list(REMOVE_ITEM gpu_sources ${long_sources})
list(PREPEND gpu_sources ${long_sources})
# One place for all build trees: native/cmake/compile-kernel.mjs compiles a text once.
set(cuda_objects_folder "${CMAKE_CURRENT_SOURCE_DIR}/build/cuda-objects")
set(cuda_objects "")
foreach(file IN LISTS gpu_sources)
  string(REPLACE "/" "." name "${file}")
  set(source "${CMAKE_CURRENT_SOURCE_DIR}/native/cuda/${file}")
  set(object "${cuda_objects_folder}/${name}.o")
  add_custom_command(OUTPUT "${object}"
    COMMAND "${ADAPTER_LAB_NODE}" "${CMAKE_CURRENT_SOURCE_DIR}/native/cmake/compile-kernel.mjs" "${nvcc}" "${source}"
      "${object}"
    DEPENDS "${source}" "${CMAKE_CURRENT_SOURCE_DIR}/native/cmake/compile-kernel.mjs"
      "${CMAKE_CURRENT_SOURCE_DIR}/native/cmake/kernels.mjs"
    DEPFILE "${object}.d"
    COMMENT "CUDA ${file}"
    VERBATIM)
  set_source_files_properties("${object}" PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
  list(APPEND cuda_objects "${object}")
endforeach()

add_library(adapter_lab_cuda_ops STATIC EXCLUDE_FROM_ALL ${cuda_objects})
set_target_properties(adapter_lab_cuda_ops PROPERTIES LINKER_LANGUAGE CXX)
target_link_libraries(adapter_lab_cuda_ops PUBLIC adapter_lab_core "${cuda_runtime}" ${CMAKE_DL_LIBS} rt)
