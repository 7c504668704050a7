# Compiled once for all addons.
add_library(adapter_lab_binding OBJECT ${binding_sources})
target_include_directories(adapter_lab_binding PUBLIC ${CMAKE_JS_INC})
target_compile_definitions(adapter_lab_binding PUBLIC NAPI_VERSION=8 NAPI_CPP_EXCEPTIONS BUILDING_NODE_EXTENSION)
target_link_libraries(adapter_lab_binding PUBLIC adapter_lab_core)

# Targets of addons, build/Release/NAME.node. They bring their own C++ library, so that they load
# where none or an older one is installed.
function(add_addon name backend)
  add_library(${name} SHARED native/binding/backends/${backend}.cc ${CMAKE_JS_SRC})
  target_link_libraries(${name} PRIVATE adapter_lab_binding ${CMAKE_JS_LIB} ${ARGN})
  target_link_options(${name} PRIVATE -static-libstdc++ -static-libgcc -Wl,--exclude-libs,ALL)
  set_target_properties(${name} PROPERTIES PREFIX "" SUFFIX ".node" SKIP_BUILD_RPATH ON)
endfunction()

add_addon(adapter_lab_cpu cpu)
# For tests: CUDA's kernels on the host.
add_addon(adapter_lab_emulated gpu adapter_lab_emulated_ops)
set_target_properties(adapter_lab_emulated PROPERTIES EXCLUDE_FROM_ALL ON)
if(TARGET adapter_lab_cuda_ops)
  add_addon(adapter_lab_cuda gpu adapter_lab_cuda_ops)
  if(NOT ADAPTER_LAB_CUDA_BY_DEFAULT)
    set_target_properties(adapter_lab_cuda PROPERTIES EXCLUDE_FROM_ALL ON)
  endif()
endif()
