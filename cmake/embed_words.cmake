# core::word_files_*(): i18n/server.<lang>.json, and what the pages call things (common, desk) where the
# server has no words of its own, as they are. The same file is the generator when run by `cmake -P` with
# OUTPUT and ROOT given.
function(shouwang_embed_words target)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/server_words.cpp)
  set(files "")
  foreach(part server common desk)
    foreach(language zh-CN en)
      list(APPEND files ${PROJECT_SOURCE_DIR}/i18n/${part}.${language}.json)
    endforeach()
  endforeach()
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

set(text "#include <array>\n\n#include \"core/words.hpp\"\n\nnamespace core {\n")
foreach(language zh-CN en)
  string(SUBSTRING ${language} 0 2 short)
  string(APPEND text "std::array<std::string_view, 3> word_files_${short}() {\n  return {\n")
  foreach(part server common desk)
    file(READ ${ROOT}/i18n/${part}.${language}.json json)
    string(APPEND text "R\"w(${json})w\",\n")
  endforeach()
  string(APPEND text "  };\n}\n")
endforeach()
string(APPEND text "}  // namespace core\n")
file(WRITE ${OUTPUT} "${text}")
