# Target `adapter_lab_cpu`: the addon, build/Release/adapter_lab_cpu.node. It finds oneDNN beside itself (in a package) or in
# the build tree, and brings its own C++ library, so that it loads where none or an older one is installed.
add_library(adapter_lab_cpu SHARED ${binding_sources} ${CMAKE_JS_SRC})
target_include_directories(adapter_lab_cpu PRIVATE ${CMAKE_JS_INC})
target_compile_definitions(adapter_lab_cpu PRIVATE NAPI_VERSION=8 NAPI_CPP_EXCEPTIONS BUILDING_NODE_EXTENSION)
target_link_libraries(adapter_lab_cpu PRIVATE adapter_lab_core ${CMAKE_JS_LIB})
target_link_options(adapter_lab_cpu PRIVATE -static-libstdc++ -static-libgcc -Wl,--exclude-libs,ALL -Wl,--no-as-needed)
set_target_properties(adapter_lab_cpu PROPERTIES
  PREFIX ""
  SUFFIX ".node"
  BUILD_RPATH "$ORIGIN;$ORIGIN/../onednn/lib"
  BUILD_RPATH_USE_ORIGIN ON
  BUILD_WITH_INSTALL_RPATH ON
  INSTALL_RPATH "$ORIGIN;$ORIGIN/../onednn/lib")
