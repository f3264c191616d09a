#include "synod/cli/trace_output.hpp"

#include <fstream>

#include "synod/cli/text.hpp"
#include "synod/trace/diagram.hpp"

namespace synod::cli {

void check_diagram_name(const std::string& path) {
    if (!path.ends_with(".svg") && !path.ends_with(".html"))
        throw UsageError("--diagram " + shown(path) + ": expected a name that ends in .svg or .html");
}

void write_diagram(const std::vector<trace::Event>& events, const trace::DiagramOptions& options,
                   const std::string& path) {
    check_diagram_name(path);
    std::ofstream out(path, std::ios::binary);
    out << (path.ends_with(".svg") ? draw_svg(events, options) : draw_html(events, options));
    out.close();
    if (!out) throw UsageError("--diagram " + shown(path) + " cannot be written");
}

}  // namespace synod::cli
