// The bits of every formula of the sheet on the samples, as checksums: they are the same for every
// compiler, optimisation level and sanitizer, and for all instruction sets with fma.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include <gradus/dtype.h>

namespace gradus {

struct Checksum {
  std::string_view name;
  DType dtype = float32;
  std::uint64_t baseline = 0, fused = 0;  // without and with fma
};

// clang-format off
inline constexpr std::array<Checksum, 94> elementwise_checksums{{
    {"abs", float32, 0x611105852f557c6b, 0x611105852f557c6b},
    {"abs", float64, 0x1a4d7f8edad4abb5, 0x1a4d7f8edad4abb5},
    {"abs", int32, 0x0cb73c737637b2d7, 0x0cb73c737637b2d7},
    {"abs", int64, 0x5b5e2502af43df05, 0x5b5e2502af43df05},
    {"add", float32, 0xfa774750321a95c0, 0xfa774750321a95c0},
    {"add", float64, 0xfee6fe867eab7e77, 0xfee6fe867eab7e77},
    {"add", int32, 0x997e1c72d5c5c570, 0x997e1c72d5c5c570},
    {"add", int64, 0xbb5f1765d5c5c570, 0xbb5f1765d5c5c570},
    {"divide", float32, 0xc3781bbcd1bacd46, 0xc3781bbcd1bacd46},
    {"divide", float64, 0x5885fde93186f124, 0x5885fde93186f124},
    {"elu", float32, 0xd4e998ea5d94caf5, 0x3f18bbb400248025},
    {"elu", float64, 0x039d8673a9a49623, 0xd8309783b57ee0da},
    {"equal", boolean, 0xb321f28b3d2e2ef9, 0xb321f28b3d2e2ef9},
    {"equal", float32, 0x6f6cf2c29ad46513, 0x6f6cf2c29ad46513},
    {"equal", float64, 0x6f6cf2c29ad46513, 0x6f6cf2c29ad46513},
    {"equal", int32, 0x5a7b272b4b4e647a, 0x5a7b272b4b4e647a},
    {"equal", int64, 0x5a7b272b4b4e647a, 0x5a7b272b4b4e647a},
    {"exp", float32, 0x227a76dd56a85434, 0xa98a35400b5dacb9},
    {"exp", float64, 0x0cdbaf26acb7a7cf, 0x9f43943c39dff8de},
    {"expm1", float32, 0x06d12304c2cf18a7, 0x4612b8ff0d5c94d8},
    {"expm1", float64, 0x214cef5f29bf5d4b, 0xd33b33fa65cb6e21},
    {"greater", float32, 0x36d16c521ecef89b, 0x36d16c521ecef89b},
    {"greater", float64, 0x0392ed0895e98f2b, 0x0392ed0895e98f2b},
    {"greater", int32, 0xe60b178e2520f88f, 0xe60b178e2520f88f},
    {"greater", int64, 0x0fa79f89279f38a7, 0x0fa79f89279f38a7},
    {"less", float32, 0x9ee7721634be4a41, 0x9ee7721634be4a41},
    {"less", float64, 0xde8424c99851e9ba, 0xde8424c99851e9ba},
    {"less", int32, 0x4b2288aa700c77d8, 0x4b2288aa700c77d8},
    {"less", int64, 0xefc7ef9a3f5363a0, 0xefc7ef9a3f5363a0},
    {"less_equal", float32, 0x2678427e79c06223, 0x2678427e79c06223},
    {"less_equal", float64, 0xeb43de40a2d5b5dc, 0xeb43de40a2d5b5dc},
    {"less_equal", int32, 0xce1b5e7be31fc42f, 0xce1b5e7be31fc42f},
    {"less_equal", int64, 0xd5fda4684152d643, 0xd5fda4684152d643},
    {"log", float32, 0x72ba85a21f4eef03, 0xf4a683e9724d3dcd},
    {"log", float64, 0x44a8af74bcbb4f76, 0x44a8af74bcbb4f76},
    {"log1p", float32, 0xb636fcd9c7a14948, 0xc082f2eb986f3a92},
    {"log1p", float64, 0xd6d9e11bb632d7d1, 0xd6d9e11bb632d7d1},
    {"logical_and", boolean, 0x5ec67437a160fba1, 0x5ec67437a160fba1},
    {"logical_not", boolean, 0xc98b278064f9967b, 0xc98b278064f9967b},
    {"logical_xor", boolean, 0xef346fcc21911971, 0xef346fcc21911971},
    {"maximum", float32, 0xbd634fe21f9abaca, 0xbd634fe21f9abaca},
    {"maximum", float64, 0x3b1f27f871986431, 0x3b1f27f871986431},
    {"maximum", int32, 0x27d988126d20d370, 0x27d988126d20d370},
    {"maximum", int64, 0x7fdbaa365a91a103, 0x7fdbaa365a91a103},
    {"minimum", float32, 0x3fe50fb067681b17, 0x3fe50fb067681b17},
    {"minimum", float64, 0x47dc7dbed719e2c5, 0x47dc7dbed719e2c5},
    {"minimum", int32, 0x836624418e4bc7b7, 0x836624418e4bc7b7},
    {"minimum", int64, 0x8e26ca718074e020, 0x8e26ca718074e020},
    {"multiply", float32, 0x18caedf5f68036a6, 0x18caedf5f68036a6},
    {"multiply", float64, 0x79fc8f7bbcdfe7b4, 0x79fc8f7bbcdfe7b4},
    {"multiply", int32, 0x7004f160d3cf1e40, 0x7004f160d3cf1e40},
    {"multiply", int64, 0x985f21d4d3cf1e40, 0x985f21d4d3cf1e40},
    {"negative", float32, 0xb00021682f557c6b, 0xb00021682f557c6b},
    {"negative", float64, 0x9a4d7f8edad4abb5, 0x9a4d7f8edad4abb5},
    {"negative", int32, 0x980d196962839363, 0x980d196962839363},
    {"negative", int64, 0x2a15c0fde2839363, 0x2a15c0fde2839363},
    {"not_equal", boolean, 0xef346fcc21911971, 0xef346fcc21911971},
    {"not_equal", float32, 0xf35e37bb68895b97, 0xf35e37bb68895b97},
    {"not_equal", float64, 0xf35e37bb68895b97, 0xf35e37bb68895b97},
    {"not_equal", int32, 0x25be7f932a992c5a, 0x25be7f932a992c5a},
    {"not_equal", int64, 0x25be7f932a992c5a, 0x25be7f932a992c5a},
    {"outside", float32, 0x142ec50b44312db3, 0x142ec50b44312db3},
    {"outside", float64, 0xfe39c22777e2569c, 0xfe39c22777e2569c},
    {"outside", int32, 0x9c2ad8d42ba899c8, 0x9c2ad8d42ba899c8},
    {"outside", int64, 0x21d41422c8f802a8, 0x21d41422c8f802a8},
    {"relu", float32, 0x6a2854d497163313, 0x6a2854d497163313},
    {"relu", float64, 0x8fa5b8159e768dd1, 0x8fa5b8159e768dd1},
    {"relu", int32, 0x038f0129224d58af, 0x038f0129224d58af},
    {"relu", int64, 0xa26c57019e7c0e34, 0xa26c57019e7c0e34},
    {"select", boolean, 0x88d5dfe62587e8dd, 0x88d5dfe62587e8dd},
    {"select", float32, 0xb728de21458b6d20, 0xb728de21458b6d20},
    {"select", float64, 0x800ebb20431bb48a, 0x800ebb20431bb48a},
    {"select", int32, 0x2d2136d706f64503, 0x2d2136d706f64503},
    {"select", int64, 0x22e53f6506f64503, 0x22e53f6506f64503},
    {"sigmoid", float32, 0xe577795caa667b61, 0xee27c690db7c489b},
    {"sigmoid", float64, 0x54d5c1665127fe3e, 0x5519c6922926503d},
    {"sign", float32, 0x1da26aa80af6aef7, 0x1da26aa80af6aef7},
    {"sign", float64, 0xd9a4d571a661e4df, 0xd9a4d571a661e4df},
    {"sign", int32, 0x06e502618d53d69e, 0x06e502618d53d69e},
    {"sign", int64, 0x3eece312caaf7256, 0x3eece312caaf7256},
    {"softplus", float32, 0x892e53782054346e, 0x962b9ab67f66a3b2},
    {"softplus", float64, 0xd0cfc5bee1ab74b2, 0x108e60b5e4017b76},
    {"sqrt", float32, 0x7cbe9d0bf95ffdb2, 0x7cbe9d0bf95ffdb2},
    {"sqrt", float64, 0x3358eea4f3072680, 0x3358eea4f3072680},
    {"square", float32, 0x1c318bdc716ed53b, 0x1c318bdc716ed53b},
    {"square", float64, 0x4f4286d6d8651585, 0x4f4286d6d8651585},
    {"square", int32, 0xddb7be4eadff7aa1, 0xddb7be4eadff7aa1},
    {"square", int64, 0x7914d698adff7aa1, 0x7914d698adff7aa1},
    {"subtract", float32, 0x47acdc5ad4557fde, 0x47acdc5ad4557fde},
    {"subtract", float64, 0x5204c9cfe2ea7323, 0x5204c9cfe2ea7323},
    {"subtract", int32, 0x6a4cc51e7eaa2eb2, 0x6a4cc51e7eaa2eb2},
    {"subtract", int64, 0x71f9ab9b7eaa2eb2, 0x71f9ab9b7eaa2eb2},
    {"tanh", float32, 0x85cfcd928e89df1b, 0xd6380c5657809f3c},
    {"tanh", float64, 0xf1f22dd3323159cf, 0x32057174334641e6},
}};
// clang-format on

}  // namespace gradus
