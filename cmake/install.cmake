# What `cmake --install` brings to others: the command, and the layers as one library with its public headers,
# for find_package(synod) and for pkg-config.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(layers core net wire rsm trace host node member)
list(TRANSFORM layers REPLACE "(.+)" "$<TARGET_OBJECTS:synod_\\1>" OUTPUT_VARIABLE objects)
add_library(synod_library STATIC ${objects})
set_target_properties(synod_library PROPERTIES OUTPUT_NAME synod EXPORT_NAME synod LINKER_LANGUAGE CXX)
target_compile_features(synod_library INTERFACE cxx_std_20)
target_include_directories(synod_library INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(synod_library PRIVATE fmt::fmt PkgConfig::ISAL PkgConfig::XXHASH Threads::Threads)

install(TARGETS synod RUNTIME)
install(TARGETS synod_library EXPORT synod ARCHIVE)
install(EXPORT synod NAMESPACE synod:: FILE synod-targets.cmake DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/synod)

# synod/synod.hpp, and what it includes.
install(FILES include/synod/synod.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/synod)
foreach(header
    core/bytes core/ids
    rsm/state_machine rsm/snapshot rsm/replica
    member/application member/configuration member/journal member/member member/outcome member/replicated)
  cmake_path(GET header PARENT_PATH layer)
  install(FILES src/synod/${header}.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/synod/${layer})
endforeach()

configure_package_config_file(cmake/synod-config.cmake.in synod-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/synod)
write_basic_package_version_file(synod-config-version.cmake COMPATIBILITY SameMinorVersion)
file(RELATIVE_PATH synod_up_to_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(cmake/synod.pc.in synod.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/synod-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/synod-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/synod)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/synod.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
