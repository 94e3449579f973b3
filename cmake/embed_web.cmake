# api::embedded_assets(): web/dist packed at build time (.incbin: 5 MB in 0.03 s), or nothing.
function(shouwang_embed_web target)
  set(dist ${PROJECT_SOURCE_DIR}/web/dist)
  if(NOT SHOUWANG_EMBED_WEB OR NOT EXISTS ${dist}/index.html)
    if(SHOUWANG_EMBED_WEB)
      message(STATUS "web/dist is not built: the binary will hold no pages (npm --prefix web run build)")
    endif()
    target_sources(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src/api/assets_none.cpp)
    return()
  endif()
  find_program(NODE_PROGRAM node REQUIRED)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${dist}/*)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/web)
  add_custom_command(
    OUTPUT ${out}/web_assets.S ${out}/web_assets.cpp
    COMMAND ${NODE_PROGRAM} ${PROJECT_SOURCE_DIR}/cmake/pack_web.mjs ${dist} ${out}
    DEPENDS ${files} ${PROJECT_SOURCE_DIR}/cmake/pack_web.mjs
    COMMENT "Packing the web pages")
  # The assembler file names the bytes by path only: without this a changed page would not be noticed.
  set_source_files_properties(${out}/web_assets.S PROPERTIES OBJECT_DEPENDS "${files}")
  target_sources(${target} PRIVATE ${out}/web_assets.S ${out}/web_assets.cpp)
endfunction()
