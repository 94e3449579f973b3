# One static library per layer, from an explicit list of sources; every header must compile alone.
#   shouwang_layer(NAME base SOURCES a.cpp HEADERS a.hpp USES other_layer external::target)
function(shouwang_layer)
  cmake_parse_arguments(L "" "NAME" "SOURCES;HEADERS;USES;PRIVATE" ${ARGN})
  add_library(shouwang_${L_NAME} STATIC ${L_SOURCES})
  add_library(shouwang::${L_NAME} ALIAS shouwang_${L_NAME})
  target_sources(shouwang_${L_NAME} PUBLIC
    FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/src FILES ${L_HEADERS})
  target_link_libraries(shouwang_${L_NAME} PUBLIC ${L_USES} PRIVATE shouwang_options ${L_PRIVATE})
  target_include_directories(shouwang_${L_NAME} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  set_target_properties(shouwang_${L_NAME} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
endfunction()

# Unit and property tests of a layer, one executable: shouwang_test(NAME base SOURCES a_test.cpp USES ...)
# LABEL defaults to "unit"; the address sanitizer stage of ./check runs "unit", "net" and "sim". With SHARDS 2
# half of them run beside the other half, each with a PostgreSQL of its own: what is open in one database
# holds back the feed of changes of every other one on the same server.
function(shouwang_test)
  if(NOT SHOUWANG_TESTS)
    return()
  endif()
  cmake_parse_arguments(T "" "NAME;LABEL;TIMEOUT;SHARDS" "SOURCES;USES" ${ARGN})
  if(NOT T_LABEL)
    set(T_LABEL unit)
  endif()
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 300)
  endif()
  add_executable(test_${T_NAME} ${T_SOURCES})
  target_link_libraries(test_${T_NAME} PRIVATE shouwang_options ${T_USES} GTest::gtest GTest::gtest_main)
  if(T_SHARDS)
    math(EXPR last "${T_SHARDS} - 1")
    foreach(shard RANGE ${last})
      add_test(NAME ${T_NAME}_${shard} COMMAND test_${T_NAME})
      set_tests_properties(${T_NAME}_${shard} PROPERTIES LABELS ${T_LABEL} TIMEOUT ${T_TIMEOUT}
        ENVIRONMENT "GTEST_TOTAL_SHARDS=${T_SHARDS};GTEST_SHARD_INDEX=${shard}"
        ENVIRONMENT_MODIFICATION "SHOUWANG_TEST_POSTGRES=unset:")
    endforeach()
  else()
    add_test(NAME ${T_NAME} COMMAND test_${T_NAME})
    set_tests_properties(${T_NAME} PROPERTIES LABELS ${T_LABEL} TIMEOUT ${T_TIMEOUT})
  endif()
  # The programs behind the tests of one label, for who runs no others.
  if(NOT TARGET tests_${T_LABEL})
    add_custom_target(tests_${T_LABEL})
  endif()
  add_dependencies(tests_${T_LABEL} test_${T_NAME})
endfunction()
