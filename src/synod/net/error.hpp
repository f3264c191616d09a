#pragma once

#include <stdexcept>

namespace synod::net {

// The network cannot be used as asked: says what is wrong and what to do about it.
class Error : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

// An address is held by a program that does not share it.
class InUse : public Error {
    using Error::Error;
};

}  // namespace synod::net
