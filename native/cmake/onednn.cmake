# Target `onednn`: libdnnl and the libgomp it runs on. Both are linked so that the addon's own run path finds them.
set(onednn_library "${ADAPTER_LAB_ONEDNN}/lib/libdnnl.so.3")
set(libgomp_library "${ADAPTER_LAB_ONEDNN}/lib/libgomp.so.1")
if(NOT EXISTS "${onednn_library}")
  message(FATAL_ERROR "oneDNN is not in ${ADAPTER_LAB_ONEDNN}; run `node native/cmake/fetch-onednn.mjs` first.")
endif()

add_library(libgomp SHARED IMPORTED)
set_target_properties(libgomp PROPERTIES IMPORTED_LOCATION "${libgomp_library}" IMPORTED_SONAME libgomp.so.1)

add_library(onednn SHARED IMPORTED)
set_target_properties(onednn PROPERTIES
  IMPORTED_LOCATION "${onednn_library}"
  IMPORTED_SONAME libdnnl.so.3
  INTERFACE_INCLUDE_DIRECTORIES "${ADAPTER_LAB_ONEDNN}/include"
  INTERFACE_LINK_LIBRARIES libgomp)
