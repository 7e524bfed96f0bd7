# One function for each kind of thing, so that every folder's CMakeLists.txt is a few lines.

add_library(rp_flags INTERFACE)
target_compile_options(rp_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 sees overlapping copies in any optimised `"literal" + std::string` (GCC bug 105651), and takes
  # strings in temporary aggregates for uninitialised (GCC bug 105562). Of precompiled system headers it shows
  # what it is silent about otherwise.
  target_compile_options(rp_flags INTERFACE
    $<$<NOT:$<CONFIG:Debug>>:-Wno-restrict;-Wno-maybe-uninitialized;-Wno-stringop-overflow;-Wno-stringop-overread;-Wno-array-bounds>)
endif()
target_include_directories(rp_flags INTERFACE ${PROJECT_SOURCE_DIR}/src ${PROJECT_BINARY_DIR}/generated)
target_compile_definitions(rp_flags INTERFACE $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)
if(RELAYPROOF_SANITIZE)
  target_compile_options(rp_flags INTERFACE -fsanitize=${RELAYPROOF_SANITIZE} -fno-omit-frame-pointer
                                            -fno-sanitize-recover=all)
  # What UBSan adds to the code behind GoogleTest's macros takes a third of its compilation, and checks nothing of ours.
  target_compile_options(rp_flags INTERFACE $<$<BOOL:$<TARGET_PROPERTY:RELAYPROOF_TEST>>:-fno-sanitize=undefined>)
  # Without, what is tested takes twice as long as its compilation saves.
  target_compile_options(rp_flags INTERFACE $<$<AND:$<CONFIG:Debug>,$<NOT:$<BOOL:$<TARGET_PROPERTY:RELAYPROOF_TEST>>>>:-O1>)
  target_link_options(rp_flags INTERFACE -fsanitize=${RELAYPROOF_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
    # clang 14 cannot assemble coroutines with it: "cannot represent a difference across sections".
    target_compile_options(rp_flags INTERFACE -fno-sanitize=function)
  endif()
endif()
if(RELAYPROOF_SANITIZE STREQUAL thread)
  # GCC warns that it cannot follow the fences in Asio.
  target_compile_options(rp_flags INTERFACE -Wno-tsan)
endif()
if(RELAYPROOF_FUZZ)
  # clang 14 cannot assemble a coroutine that -fsanitize=function has marked (LLVM issue 49689).
  target_compile_options(rp_flags INTERFACE -fsanitize=fuzzer-no-link -fno-sanitize=function)
endif()

# What lets ccache take files that use a precompiled header.
if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
  set(rp_precompiled_for_ccache SHELL:-Xclang -fno-pch-timestamp)
else()
  set(rp_precompiled_for_ccache -fpch-preprocess)
endif()

# rp_precompiled(NAME HEADERS header... [LINK target...]) makes headers that rp_use_precompiled(TARGET NAME) takes.
# An accelerator only: every file includes what it uses, and clang-tidy reads them without.
function(rp_precompiled name)
  cmake_parse_arguments(arg "" "" "HEADERS;LINK" ${ARGN})
  if(NOT RELAYPROOF_PRECOMPILE)
    return()
  endif()
  add_library(${name} OBJECT ${PROJECT_SOURCE_DIR}/cmake/precompiled.cc)
  target_link_libraries(${name} PRIVATE rp_flags ${arg_LINK})
  target_compile_options(${name} PRIVATE ${rp_precompiled_for_ccache})
  target_precompile_headers(${name} PRIVATE ${arg_HEADERS})
endfunction()

function(rp_use_precompiled target name)
  if(TARGET ${name})
    target_compile_options(${target} PRIVATE ${rp_precompiled_for_ccache})
    target_precompile_headers(${target} REUSE_FROM ${name})
  endif()
endfunction()

# rp_layer(NAME [USES layer...] [LINK target...] [TEST_LINK target...])
# A layer is every .cc of the folder; *_test.cc becomes its test program, each *_fuzz.cc a fuzz target.
function(rp_layer name)
  cmake_parse_arguments(arg "" "" "USES;LINK;TEST_LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cc)
  file(GLOB tests CONFIGURE_DEPENDS *_test.cc)
  file(GLOB fuzzers CONFIGURE_DEPENDS *_fuzz.cc)
  list(REMOVE_ITEM sources ${tests} ${fuzzers} ${CMAKE_CURRENT_SOURCE_DIR}/main.cc)
  if(RELAYPROOF_FUZZ AND NOT RELAYPROOF_TESTS)
    # Parsers do no I/O: what waits need not be built, and takes the longest.
    foreach(source ${sources})
      file(STRINGS ${source} waits REGEX "co_await|co_return" LIMIT_COUNT 1)
      if(waits)
        list(REMOVE_ITEM sources ${source})
      endif()
    endforeach()
  endif()
  list(TRANSFORM arg_USES PREPEND rp_)
  add_library(rp_${name} STATIC ${sources})
  target_link_libraries(rp_${name} PUBLIC rp_flags ${arg_USES} ${arg_LINK})
  rp_use_precompiled(rp_${name} rp_standard_headers)
  if(RELAYPROOF_FUZZ)
    foreach(fuzzer ${fuzzers})
      rp_fuzz(${fuzzer} rp_${name})
    endforeach()
  endif()
  if(RELAYPROOF_TESTS AND tests)
    rp_test(${name}_test rp_${name} ${tests} ${fuzzers})
    target_link_libraries(${name}_test PRIVATE ${arg_TEST_LINK})
  endif()
endfunction()

# The layer's tests, one program; its fuzz targets are linked in and replay their saved corpus.
function(rp_test name layer)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE ${layer} rp_test_support GTest::gmock GTest::gtest_main)
  set_target_properties(${name} PROPERTIES RELAYPROOF_TEST ON)
  rp_use_precompiled(${name} rp_test_headers)
  target_compile_definitions(${name} PRIVATE RELAYPROOF_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  gtest_discover_tests(${name} NO_PRETTY_VALUES DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 120)
endfunction()

function(rp_fuzz source layer)
  get_filename_component(name ${source} NAME_WE)
  add_executable(${name} ${source})
  target_compile_definitions(${name} PRIVATE RELAYPROOF_LIBFUZZER)
  target_link_libraries(${name} PRIVATE ${layer})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
endfunction()
