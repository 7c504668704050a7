# Target `adapter_lab_emulated_ops`: the CUDA backend compiled for the host, for tests.
file(GLOB cuda_sources CONFIGURE_DEPENDS native/cuda/*.cc native/cuda/*.cu native/cuda/emulation/*.cc)
file(GLOB cuda_kernels CONFIGURE_DEPENDS native/cuda/*.cu)
set_source_files_properties(${cuda_kernels} PROPERTIES LANGUAGE CXX COMPILE_OPTIONS "-xc++")
add_library(adapter_lab_emulated_ops STATIC EXCLUDE_FROM_ALL ${cuda_sources})
target_link_libraries(adapter_lab_emulated_ops PUBLIC adapter_lab_core)
precompile_library_headers(adapter_lab_emulated_ops)
