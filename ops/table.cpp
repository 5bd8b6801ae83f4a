#include <gradus/op_table.h>

#include <gradus/ops.h>

namespace gradus {

// Naming each op pulls its object out of the static library.
std::span<const Op* const> all_ops() {
  static constexpr const Op* table[] = {
      &placeholder_op,   &variable_op,
      &constant_op,      &add_op,
      &subtract_op,      &multiply_op,
      &divide_op,        &negative_op,
      &square_op,        &sqrt_op,
      &abs_op,           &sign_op,
      &maximum_op,       &minimum_op,
      &floor_divide_op,  &mod_op,
      &clip_op,          &exp_op,
      &expm1_op,         &log_op,
      &log1p_op,         &elu_op,
      &relu_op,          &leaky_relu_op,
      &prelu_op,         &selu_op,
      &celu_op,          &sigmoid_op,
      &softplus_op,      &tanh_op,
      &log_sigmoid_op,   &hard_sigmoid_op,
      &softsign_op,      &silu_op,
      &mish_op,          &equal_op,
      &not_equal_op,     &less_op,
      &less_equal_op,    &greater_op,
      &greater_equal_op, &logical_and_op,
      &logical_or_op,    &logical_xor_op,
      &logical_not_op,   &select_op,
      &reduce_sum_op,    &reduce_mean_op,
      &reduce_max_op,    &argmax_op,
      &matmul_op,        &reshape_op,
      &transpose_op,     &reshape_like_op,
      &expand_like_op,   &count_ratio_op,
      &full_like_op,     &broadcast_like_op,
      &sum_like_op,      &identity_op,
      &stop_gradient_op, &custom_gradient_op,
      &cast_op,          &assign_op,
      &group_op,
  };
  return table;
}

}  // namespace gradus
