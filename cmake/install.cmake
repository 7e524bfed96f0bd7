# What is installed, and the Debian package made of it (cpack, preset release).
# No mention of "all": packaging builds what it installs, which is the program.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)

install(TARGETS relayproof RUNTIME DESTINATION bin)
file(GLOB schemas CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/schemas/*.json)
install(FILES ${schemas} DESTINATION share/relayproof/schemas)

# Debian's policy wants manual pages and change logs compressed.
function(rp_install_compressed file folder name)
  set(compressed ${PROJECT_BINARY_DIR}/generated/${name}.gz)
  install(CODE "execute_process(COMMAND gzip -9nc ${PROJECT_SOURCE_DIR}/${file} OUTPUT_FILE ${compressed}
                                COMMAND_ERROR_IS_FATAL ANY)")
  install(FILES ${compressed} DESTINATION ${folder})
endfunction()
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/generated)
rp_install_compressed(docs/man/relayproof.1 share/man/man1 relayproof.1)
rp_install_compressed(CHANGELOG.md share/doc/relayproof changelog)
install(FILES README.md packages/copyright DESTINATION share/doc/relayproof)
install(DIRECTORY contrib DESTINATION share/doc/relayproof FILES_MATCHING PATTERN *.ps1)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME relayproof)
set(CPACK_PACKAGE_CONTACT "The relayproof authors <relayproof@localhost>")
set(CPACK_PACKAGE_DESCRIPTION "relayproof asks a mail server as a stranger would, in every known spelling, whether it
relays mail to outside domains, and shows what was said on the wire. It tells an open relay
from a server that takes everything, refuses for other reasons, or trusts the place it was
asked from. Nothing goes beyond RCPT TO unless it is told to.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
                                                WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_PACKAGE_SECTION mail)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# What shows a relay by hand, as the reports suggest.
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "swaks, netcat-openbsd")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
include(CPack)
