#pragma once

#include <stdexcept>

namespace synod::net {

// The network cannot be used as asked: says what is wrong and what to do about it.
class Error : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace synod::net
