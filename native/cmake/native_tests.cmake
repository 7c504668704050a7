# Target `native_tests`: every op against a double-precision reference, on every backend. `time_ops` prints speeds,
# `count_ops` and `count_step` what CUDA kernels move, `roofline` docs/cuda-roofline.md.
# `native_mutants`: the same cases on the kernels that test/native/mutants/rewrite.mjs has written, which may be broken.
file(GLOB test_sources CONFIGURE_DEPENDS test/native/*.cc)
list(FILTER test_sources EXCLUDE REGEX "(time_ops|count_ops|count_step|roofline|main)\\.cc$")
if(test_sources)
  add_library(native_cases OBJECT EXCLUDE_FROM_ALL ${test_sources})
  target_include_directories(native_cases PUBLIC test/native)
  target_link_libraries(native_cases PUBLIC adapter_lab_core)
  add_executable(native_tests test/native/main.cc $<TARGET_OBJECTS:native_cases>)
  target_link_libraries(native_tests PRIVATE native_cases adapter_lab_emulated_ops)
  add_executable(count_ops EXCLUDE_FROM_ALL test/native/count_ops.cc test/native/counted_ops.cc)
  target_link_libraries(count_ops PRIVATE adapter_lab_emulated_ops)
  add_executable(count_step EXCLUDE_FROM_ALL test/native/count_step.cc)
  target_link_libraries(count_step PRIVATE adapter_lab_emulated_ops)
  add_executable(roofline EXCLUDE_FROM_ALL test/native/roofline.cc)
  target_link_libraries(roofline PRIVATE adapter_lab_core)
endif()
if(EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/test/native/time_ops.cc")
  add_executable(time_ops EXCLUDE_FROM_ALL test/native/time_ops.cc)
  target_link_libraries(time_ops PRIVATE adapter_lab_core)
endif()

set(mutants "${CMAKE_CURRENT_SOURCE_DIR}/build/mutants/native")
file(GLOB mutant_kernels CONFIGURE_DEPENDS ${mutants}/cuda/*.cu)
file(GLOB mutant_sources CONFIGURE_DEPENDS ${mutants}/cuda/*.cc native/cuda/emulation/*.cc)
if(mutant_kernels)
  set_source_files_properties(${mutant_kernels} PROPERTIES LANGUAGE CXX COMPILE_OPTIONS "-xc++")
  # Kernels first: where cases use the same templates, it is theirs that are linked.
  add_executable(native_mutants EXCLUDE_FROM_ALL
    ${mutant_kernels} ${mutant_sources} test/native/mutants/main.cc $<TARGET_OBJECTS:native_cases>)
  target_include_directories(native_mutants BEFORE PRIVATE ${mutants})
  target_link_libraries(native_mutants PRIVATE native_cases)
  # Elements outside of arrays in registers end the program.
  target_compile_options(native_mutants PRIVATE
    -O2 -w -fsanitize=bounds -fsanitize-undefined-trap-on-error -fno-aggressive-loop-optimizations)
endif()
