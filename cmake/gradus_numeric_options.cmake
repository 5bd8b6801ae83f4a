# gradus_numeric_options(<target>): for code that holds kernels, a user's own ops too. Loops are vectorised at any optimisation level above
# none, and an element's bits depend on its value alone. No flag chooses an instruction set or relaxes IEEE arithmetic.
function(gradus_numeric_options target)
  target_compile_options(${target} PRIVATE
    $<$<NOT:$<OR:$<CONFIG:Debug>,$<BOOL:${GRADUS_SANITIZED}>>>:-O3> -fno-math-errno -fno-trapping-math -ffp-contract=off
    $<$<AND:$<CXX_COMPILER_ID:Clang>,$<NOT:$<CONFIG:Debug>>,$<NOT:$<BOOL:${GRADUS_SANITIZED}>>>:-Werror=pass-failed>)
endfunction()
