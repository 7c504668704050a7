# Targets `native_tests`: every op against a double-precision reference, on every backend that runs on the host, and
# `native_tests_cuda`: the same on the CPU and on a GPU. `time_ops` prints speeds, `count_ops` and `count_step` what CUDA
# kernels move, `roofline` docs/cuda-roofline.md.
# `native_mutants`: the same cases on the kernels that test/native/mutants/rewrite.mjs has written, which may be broken.
file(GLOB test_sources CONFIGURE_DEPENDS test/native/*.cc)
list(FILTER test_sources EXCLUDE REGEX "/(time_ops|count_ops|count_step|roofline|main)\\.cc$")
# Of what only the emulation tells.
set(emulation_sources ${test_sources})
list(FILTER emulation_sources INCLUDE REGEX "/((emulation|device_memory|staging|counts|tensor_cores|cublas_lt)_cases|counted_ops)\\.cc$")
list(REMOVE_ITEM test_sources ${emulation_sources})
add_library(native_cases OBJECT EXCLUDE_FROM_ALL ${test_sources})
add_library(emulation_cases OBJECT EXCLUDE_FROM_ALL ${emulation_sources})
foreach(cases native_cases emulation_cases)
  target_include_directories(${cases} PUBLIC test/native)
  target_link_libraries(${cases} PUBLIC adapter_lab_core)
  precompile_library_headers(${cases})
endforeach()

# What is taken for cuBLASLt: one that computes rightly, one that adds `error`, one of another version. The programs depend on
# them, as Ninja builds nothing for the sake of objects alone.
add_custom_target(made_up_cublas_lt)
function(add_made_up_cublas_lt name version error)
  add_library(made_up_${name} SHARED EXCLUDE_FROM_ALL test/native/made_up/cublas_lt.cc)
  target_compile_definitions(made_up_${name} PRIVATE VERSION=${version} ERROR=${error})
  set_target_properties(made_up_${name} PROPERTIES OUTPUT_NAME ${name} CXX_VISIBILITY_PRESET default
    LIBRARY_OUTPUT_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/made_up")
  add_dependencies(made_up_cublas_lt made_up_${name})
endfunction()
add_made_up_cublas_lt(right 131001 0.0f)
add_made_up_cublas_lt(wrong 131001 1.0f)
add_made_up_cublas_lt(old 120804 0.0f)
target_compile_definitions(emulation_cases PRIVATE MADE_UP_CUBLAS_LT="${CMAKE_CURRENT_BINARY_DIR}/made_up")

add_executable(native_tests test/native/main.cc test/native/backends/emulated.cc)
target_link_libraries(native_tests PRIVATE native_cases emulation_cases adapter_lab_emulated_ops)
add_dependencies(native_tests made_up_cublas_lt)

if(TARGET adapter_lab_cuda_ops)
  add_executable(native_tests_cuda EXCLUDE_FROM_ALL test/native/main.cc test/native/backends/cuda.cc)
  target_link_libraries(native_tests_cuda PRIVATE native_cases adapter_lab_cuda_ops)
endif()

foreach(counter count_ops count_step)
  add_executable(${counter} EXCLUDE_FROM_ALL test/native/${counter}.cc test/native/counted_ops.cc)
  target_link_libraries(${counter} PRIVATE adapter_lab_emulated_ops)
endforeach()
foreach(program roofline time_ops)
  add_executable(${program} EXCLUDE_FROM_ALL test/native/${program}.cc)
  target_link_libraries(${program} PRIVATE adapter_lab_core)
endforeach()

set(mutants "${CMAKE_CURRENT_SOURCE_DIR}/build/mutants/native")
file(GLOB mutant_kernels CONFIGURE_DEPENDS ${mutants}/cuda/*.cu)
file(GLOB mutant_sources CONFIGURE_DEPENDS ${mutants}/cuda/*.cc native/cuda/emulation/*.cc)
if(mutant_kernels)
  set_source_files_properties(${mutant_kernels} PROPERTIES LANGUAGE CXX COMPILE_OPTIONS "-xc++")
  # Kernels first: where cases use the same templates, it is theirs that are linked.
  add_executable(native_mutants EXCLUDE_FROM_ALL
    ${mutant_kernels} ${mutant_sources} test/native/mutants/main.cc $<TARGET_OBJECTS:native_cases>
    $<TARGET_OBJECTS:emulation_cases>)
  target_include_directories(native_mutants BEFORE PRIVATE ${mutants})
  target_link_libraries(native_mutants PRIVATE native_cases)
  add_dependencies(native_mutants made_up_cublas_lt)
  # Elements outside of arrays in registers end the program.
  target_compile_options(native_mutants PRIVATE
    -O2 -w -fsanitize=bounds -fsanitize-undefined-trap-on-error -fno-aggressive-loop-optimizations)
endif()
