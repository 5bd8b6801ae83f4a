# The output of a program is the text of a file, which documents show.
execute_process(COMMAND ${PROGRAM} OUTPUT_VARIABLE said RESULT_VARIABLE code)
file(READ ${EXPECTED} expected)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} ended with ${code}")
endif()
if(NOT said STREQUAL expected)
  message(FATAL_ERROR "${PROGRAM} says\n${said}\nnot, as ${EXPECTED},\n${expected}")
endif()
