include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
include(${CMAKE_CURRENT_LIST_DIR}/gradus_numeric_options.cmake)

# gradus_options(<target>): the warnings that our own code must pass.
function(gradus_options target)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Woverloaded-virtual)
  # g++ 12 takes std::string's own code for an overlapping copy (GCC bug 105651).
  target_compile_options(${target} PRIVATE $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>)
  # Files that are compiled as one hide each other's names, without harm.
  if(CMAKE_UNITY_BUILD)
    target_compile_options(${target} PRIVATE -Wno-shadow $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  endif()
  if(GRADUS_WARNINGS_AS_ERRORS)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

# gradus_room(<name> USES <rooms...> LINKS <public packages...> PRIVATE_LINKS <packages...> FOLDERS <folders...> LARGE <folder>)
# One room is one static library: the *.cpp of its folder and of these folders of it, and an include folder of its own, so that an
# upward include does not compile. Private headers are spelled from the project's root.
#
# Where files are compiled together, those of a room are one unit, for most of a compiler's time goes into headers; those of a LARGE
# folder are another, which is compiled beside it.
function(gradus_room name)
  cmake_parse_arguments(ROOM "" "" "USES;LINKS;PRIVATE_LINKS;FOLDERS;LARGE" ${ARGN})
  set(include ${CMAKE_CURRENT_SOURCE_DIR}/include)
  add_library(gradus_${name})
  foreach(folder IN LISTS ROOM_FOLDERS ROOM_LARGE ITEMS .)
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp)
    if(folder IN_LIST ROOM_LARGE)
      set_source_files_properties(${sources} PROPERTIES UNITY_GROUP ${folder})
    else()
      set_source_files_properties(${sources} PROPERTIES UNITY_GROUP ${name})
    endif()
    target_sources(gradus_${name} PRIVATE ${sources})
  endforeach()
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${include}/*.h)
  add_library(gradus::${name} ALIAS gradus_${name})
  set_target_properties(gradus_${name} PROPERTIES
    EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON VERIFY_INTERFACE_HEADER_SETS ${PROJECT_IS_TOP_LEVEL} UNITY_BUILD_MODE GROUP)
  target_compile_features(gradus_${name} PUBLIC cxx_std_20)
  target_sources(gradus_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${include} FILES ${headers})
  target_include_directories(gradus_${name} PRIVATE ${PROJECT_SOURCE_DIR})
  list(TRANSFORM ROOM_USES PREPEND gradus::)
  target_link_libraries(gradus_${name} PUBLIC ${ROOM_USES} ${ROOM_LINKS} PRIVATE ${ROOM_PRIVATE_LINKS})
  gradus_options(gradus_${name})
  set_property(GLOBAL APPEND PROPERTY gradus_rooms ${name})
  if(GRADUS_INSTALL)
    install(TARGETS gradus_${name} EXPORT gradus FILE_SET HEADERS)
  endif()
endfunction()

# gradus::gradus links every room that was built; the package that find_package(gradus) reads is written here.
function(gradus_all)
  get_property(rooms GLOBAL PROPERTY gradus_rooms)
  list(TRANSFORM rooms PREPEND gradus::)
  add_library(gradus INTERFACE)
  add_library(gradus::gradus ALIAS gradus)
  target_sources(gradus INTERFACE FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/all/include
                                  FILES ${PROJECT_SOURCE_DIR}/all/include/gradus/gradus.h)
  target_link_libraries(gradus INTERFACE ${rooms})
  set_target_properties(gradus PROPERTIES VERIFY_INTERFACE_HEADER_SETS ${PROJECT_IS_TOP_LEVEL})
  if(GRADUS_INSTALL)
    set(place ${CMAKE_INSTALL_LIBDIR}/cmake/gradus)
    install(TARGETS gradus EXPORT gradus FILE_SET HEADERS)
    install(EXPORT gradus NAMESPACE gradus:: FILE gradus-targets.cmake DESTINATION ${place})
    configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/gradus-config.cmake.in
      ${PROJECT_BINARY_DIR}/gradus-config.cmake INSTALL_DESTINATION ${place})
    write_basic_package_version_file(${PROJECT_BINARY_DIR}/gradus-config-version.cmake COMPATIBILITY SameMinorVersion)
    install(FILES ${PROJECT_BINARY_DIR}/gradus-config.cmake ${PROJECT_BINARY_DIR}/gradus-config-version.cmake
                  ${PROJECT_SOURCE_DIR}/cmake/gradus_numeric_options.cmake
            DESTINATION ${place})
  endif()
endfunction()
