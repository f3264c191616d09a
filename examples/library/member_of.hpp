#pragma once

#include <cstdlib>
#include <iostream>
#include <string>
#include <synod/synod.hpp>

// The command line that the examples share: which member this is, and the addresses of all.
//     chat 1 127.0.0.1:7001 127.0.0.1:7002 127.0.0.1:7003
inline synod::Configuration member_of(int argc, char** argv) {
    if (argc < 3) {
        std::cerr << "usage: " << argv[0]
                  << " ID ADDRESS...   (say: 1 127.0.0.1:7001 127.0.0.1:7002 127.0.0.1:7003)\n";
        std::exit(2);
    }
    synod::Configuration configuration;
    configuration.sid = static_cast<std::uint16_t>(std::strtoul(argv[1], nullptr, 10));
    for (int k = 2; k < argc; ++k)
        configuration.servers.push_back({static_cast<std::uint16_t>(k - 1), argv[k]});
    return configuration;
}

inline synod::Deadline soon() {
    return std::chrono::steady_clock::now() + std::chrono::seconds(10);
}

// Runs the program; what is wrong goes to standard error.
template <typename Program>
int run(Program&& program) {
    try {
        program();
        return 0;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
