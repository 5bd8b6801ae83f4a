#include <gradus/op/table.h>

#include <vector>

#include <gradus/op/records.h>

namespace gradus {
namespace {

using Ops = const Op* const[];
using Composites = const Composite* const[];

// Naming each op pulls its object out of the static library.
constexpr Ops sources{&placeholder_op, &variable_op, &constant_op};
constexpr Ops arithmetic{&add_op,          &subtract_op, &multiply_op, &divide_op,
                         &negative_op,     &abs_op,      &sign_op,     &maximum_op,
                         &minimum_op,      &clip_op,     &square_op,   &sqrt_op,
                         &floor_divide_op, &mod_op,      &xdivy_op,    &multiply_no_nan_op};
constexpr Composites sums{&add_n_composite};
constexpr Ops exponential{&exp_op, &expm1_op, &log_op, &log1p_op};
constexpr Ops powers{&power_op, &reciprocal_op, &rsqrt_op,
                     &log2_op,  &hypot_op,      &squared_difference_op};
constexpr Ops trigonometry{&sin_op, &cos_op, &tan_op, &asin_op, &acos_op, &atan_op, &atan2_op};
constexpr Ops hyperbolic{&sinh_op, &cosh_op, &asinh_op, &acosh_op, &atanh_op, &erf_op};
constexpr Ops rounding{&floor_op, &ceil_op, &round_op, &is_nan_op, &is_finite_op};
constexpr Ops activations{&relu_op,         &leaky_relu_op, &prelu_op,    &elu_op,
                          &selu_op,         &celu_op,       &sigmoid_op,  &log_sigmoid_op,
                          &hard_sigmoid_op, &softplus_op,   &softsign_op, &tanh_op,
                          &silu_op,         &mish_op,       &gelu_op,     &gelu_tanh_op};
constexpr Ops activation_gradients{&elu_grad_op, &relu_grad_op, &sigmoid_grad_op, &tanh_grad_op};
constexpr Ops comparisons{&equal_op,   &not_equal_op,     &less_op, &less_equal_op,
                          &greater_op, &greater_equal_op, &where_op};
constexpr Ops logic{&logical_and_op, &logical_or_op, &logical_xor_op, &logical_not_op};
constexpr Ops reductions{&reduce_sum_op,
                         &reduce_sum_square_op,
                         &reduce_mean_op,
                         &reduce_max_op,
                         &reduce_min_op,
                         &reduce_prod_op,
                         &reduce_any_op,
                         &reduce_all_op,
                         &argmax_op,
                         &argmin_op,
                         &top_k_op,
                         &top_k_pick_op,
                         &top_k_input_gradient_op,
                         &cumsum_op,
                         &cumprod_op,
                         &linear_recurrence_op};
constexpr Composites statistics{&reduce_variance_composite, &reduce_std_composite,
                                &reduce_logsumexp_composite, &norm_composite};
constexpr Ops linear_algebra{&matmul_op};
constexpr Composites products{&dot_composite, &outer_composite, &einsum_composite};
constexpr Ops shapes{&reshape_op, &transpose_op, &expand_dims_op,
                     &squeeze_op, &reverse_op,   &broadcast_to_op};
constexpr Composites flattened{&flatten_composite};
constexpr Ops parts{&slice_op, &slice_grad_op, &concat_op, &concat_grad_op, &stack_op};
constexpr Ops repetition{&tile_op, &tile_grad_op, &repeat_op,  &repeat_grad_op,
                         &roll_op, &pad_op,       &pad_grad_op};
constexpr Ops diagonals{&diag_op, &diag_part_op, &diag_part_grad_op, &tril_op, &triu_op};
constexpr Composites traces{&trace_composite};
constexpr Composites creation{&full_composite,  &zeros_composite,    &ones_composite,
                              &range_composite, &linspace_composite, &eye_composite};
constexpr Ops indexing{&gather_op, &scatter_add_op, &gather_nd_op, &scatter_nd_add_op, &one_hot_op};
constexpr Composites split_parts{&split_composite, &unstack_composite};
constexpr Composites regression{&mean_squared_error_composite, &huber_composite};
constexpr Composites normalizations{&l2_normalize_composite, &layer_norm_composite,
                                    &batch_norm_composite, &batch_norm_inference_composite};
constexpr Ops convolutions{&conv2d_op,
                           &conv2d_transpose_op,
                           &conv2d_input_gradient_op,
                           &conv2d_filter_gradient_op,
                           &max_pool2d_op,
                           &max_pool2d_pick_op,
                           &max_pool2d_input_gradient_op,
                           &average_pool2d_op,
                           &average_pool2d_input_gradient_op};
constexpr Ops like{&reshape_like_op, &expand_like_op, &broadcast_like_op, &sum_like_op,
                   &count_ratio_op,  &full_like_op,   &one_hot_like_op};
constexpr Composites filled_like{&zeros_like_composite, &ones_like_composite};
constexpr Ops state{&identity_op,        &cast_op,   &stop_gradient_op,
                    &custom_gradient_op, &assign_op, &group_op};

constexpr Ops probabilities{&softmax_op, &log_softmax_op, &softmax_cross_entropy_with_logits_op,
                            &sparse_softmax_cross_entropy_with_logits_op,
                            &sigmoid_cross_entropy_with_logits_op};
constexpr Ops random_numbers{&random_uniform_op, &random_normal_op, &random_bernoulli_op};
constexpr Composites random_functions{&dropout_composite};

constexpr OpSubject subjects[] = {
    {"Sources", sources, {}},
    {"Arithmetic", arithmetic, sums},
    {"Exponential functions", exponential, {}},
    {"Powers", powers, {}},
    {"Trigonometric functions", trigonometry, {}},
    {"Hyperbolic functions and erf", hyperbolic, {}},
    {"Rounding, NaN and infinity", rounding, {}},
    {"Activations", activations, {}},
    {"Gradients of activations", activation_gradients, {}},
    {"Comparison and choice", comparisons, {}},
    {"Truth values", logic, {}},
    {"Reductions", reductions, statistics},
    {"Linear algebra", linear_algebra, products},
    {"Probabilities and losses", probabilities, regression},
    {"Normalization", {}, normalizations},
    {"Convolutions and pools", convolutions, {}},
    {"Random numbers", random_numbers, random_functions},
    {"Shapes", shapes, flattened},
    {"Parts of arrays, and arrays of parts", parts, split_parts},
    {"Repetition and padding", repetition, {}},
    {"Diagonals and triangles", diagonals, traces},
    {"Tensors of numbers alone", {}, creation},
    {"Indexing", indexing, {}},
    {"In the form of another tensor", like, filled_like},
    {"Identity, gradients, effects", state, {}},
};

template <class Record>
std::vector<const Record*> gather(std::span<const Record* const> OpSubject::*list) {
  std::vector<const Record*> all;
  for (const OpSubject& subject : subjects)
    all.insert(all.end(), (subject.*list).begin(), (subject.*list).end());
  return all;
}

}  // namespace

std::span<const OpSubject> op_subjects() { return subjects; }

std::span<const Op* const> all_ops() {
  static const std::vector<const Op*> all = gather<Op>(&OpSubject::ops);
  return all;
}

std::span<const Composite* const> all_composites() {
  static const std::vector<const Composite*> all = gather<Composite>(&OpSubject::composites);
  return all;
}

}  // namespace gradus
