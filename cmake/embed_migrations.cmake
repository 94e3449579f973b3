# Embeds migrations/<dialect>/NNNN_name.sql into a target, as db::embedded_migrations().
#   embed_migrations(TARGET)
# The same file is the generator when run by `cmake -P` with OUTPUT and ROOT given.
function(embed_migrations target)
  set(root ${PROJECT_SOURCE_DIR}/migrations)
  set(generator ${PROJECT_SOURCE_DIR}/cmake/embed_migrations.cmake)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded_migrations.cpp)
  file(GLOB files CONFIGURE_DEPENDS ${root}/sqlite/*.sql ${root}/postgres/*.sql)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DROOT=${root} -P ${generator}
    DEPENDS ${files} ${generator}
    COMMENT "Embedding migrations" VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()

if(NOT CMAKE_SCRIPT_MODE_FILE OR NOT DEFINED OUTPUT)
  return()
endif()

set(tables "")
foreach(dialect sqlite postgres)
  set(entries "")
  set(count 0)
  file(GLOB files ${ROOT}/${dialect}/*.sql)
  list(SORT files)
  foreach(path IN LISTS files)
    get_filename_component(name ${path} NAME_WE)
    if(NOT name MATCHES "^([0-9][0-9][0-9][0-9])_([a-z0-9_]+)$")
      message(FATAL_ERROR "${path}: a migration is named NNNN_name.sql")
    endif()
    string(REGEX REPLACE "^0+" "" version "${CMAKE_MATCH_1}")
    file(READ ${path} sql)
    math(EXPR count "${count} + 1")
    if(NOT count EQUAL version)
      message(FATAL_ERROR "${path}: migrations are numbered 0001, 0002, ... without a gap")
    endif()
    string(APPEND entries "    Migration{${version}, \"${name}\", R\"migration(${sql})migration\"},\n")
  endforeach()
  string(APPEND tables "const std::array<Migration, ${count}> ${dialect}_migrations{{\n${entries}}};\n")
endforeach()

file(WRITE ${OUTPUT}.new "#include <array>

#include \"db/migrate.hpp\"

namespace db {
namespace {
${tables}}  // namespace

std::span<const Migration> embedded_migrations(Dialect dialect) {
  if (dialect == Dialect::sqlite) return sqlite_migrations;
  return postgres_migrations;
}

}  // namespace db
")
file(COPY_FILE ${OUTPUT}.new ${OUTPUT} ONLY_IF_DIFFERENT)
file(TOUCH_NOCREATE ${OUTPUT})
