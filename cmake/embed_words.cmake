# core::server_words_*(): i18n/server.<lang>.json as sorted tables. The same file is the generator when run
# by `cmake -P` with OUTPUT and ROOT given.
function(shouwang_embed_words target)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/server_words.cpp)
  set(files ${PROJECT_SOURCE_DIR}/i18n/server.zh-CN.json ${PROJECT_SOURCE_DIR}/i18n/server.en.json)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DROOT=${PROJECT_SOURCE_DIR}
            -P ${PROJECT_SOURCE_DIR}/cmake/embed_words.cmake
    DEPENDS ${files} ${PROJECT_SOURCE_DIR}/cmake/embed_words.cmake
    COMMENT "Embedding words" VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()

if(NOT CMAKE_SCRIPT_MODE_FILE OR NOT DEFINED OUTPUT)
  return()
endif()

set(text "#include <span>\n\n#include \"core/words.hpp\"\n\nnamespace core {\n")
foreach(language zh en)
  string(REPLACE "zh" "zh-CN" tag ${language})
  file(READ ${ROOT}/i18n/server.${tag}.json json)
  string(JSON count LENGTH "${json}")
  math(EXPR last "${count} - 1")
  set(keys "")
  foreach(i RANGE ${last})
    string(JSON key MEMBER "${json}" ${i})
    list(APPEND keys ${key})
  endforeach()
  list(SORT keys)
  string(APPEND text "namespace {\nconstexpr WordEntry ${language}_words[] = {\n")
  foreach(key IN LISTS keys)
    string(JSON value GET "${json}" ${key})
    string(APPEND text "    {\"${key}\", R\"w(${value})w\"},\n")
  endforeach()
  string(APPEND text "};\n}  // namespace\n")
  string(APPEND text "std::span<const WordEntry> server_words_${language}() { return ${language}_words; }\n")
endforeach()
string(APPEND text "}  // namespace core\n")
file(WRITE ${OUTPUT} "${text}")
