# The sheet of formulas that the tests of the kernels look at, built as a room with kernels is.
add_library(kernels_sheet STATIC ${CMAKE_CURRENT_LIST_DIR}/sheet/sheet.cpp)
gradus_options(kernels_sheet)
gradus_numeric_options(kernels_sheet)
target_link_libraries(kernels_sheet PUBLIC gradus::kernels)
target_link_libraries(kernels_test PRIVATE kernels_sheet)

# Clang stops at a loop that it cannot vectorise; g++ does not, so its code is looked at.
if(CMAKE_BUILD_TYPE MATCHES "^Rel" AND NOT GRADUS_SANITIZED AND CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64"
   AND CMAKE_OBJDUMP AND CMAKE_NM)
  add_test(NAME kernels.every_loop_over_lanes_is_vectorised
    COMMAND ${CMAKE_CURRENT_LIST_DIR}/vectorisation.sh ${CMAKE_OBJDUMP} $<TARGET_FILE:kernels_sheet>)
  get_property(rooms GLOBAL PROPERTY gradus_rooms)
  list(TRANSFORM rooms REPLACE "(.+)" "$<TARGET_FILE:gradus_\\1>" OUTPUT_VARIABLE archives)
  add_test(NAME kernels.no_weak_symbol_has_code_for_some_cpus_alone
    COMMAND ${CMAKE_CURRENT_LIST_DIR}/weak_symbols.sh ${CMAKE_OBJDUMP} ${CMAKE_NM} $<TARGET_FILE:kernels_sheet> ${archives})
endif()
