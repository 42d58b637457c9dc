"""Which linear algebra this process has loaded, and how much memory it has used."""
import ctypes
import resource


def blas_name():
    try:
        with open("/proc/self/maps") as file:
            libraries = {line.split()[-1] for line in file if ".so" in line}
    except OSError:
        return "unknown BLAS"
    for library in sorted(libraries):
        if "openblas" in library.lower():
            try:
                handle = ctypes.CDLL(library)
                handle.openblas_get_corename.restype = ctypes.c_char_p
                return f"OpenBLAS for {handle.openblas_get_corename().decode()}"
            except (OSError, AttributeError):
                continue
    if any("mkl_" in library for library in libraries):
        return "MKL"
    return "reference BLAS" if any("libblas" in library for library in libraries) else "its own BLAS"


def peak_memory():
    try:
        with open("/proc/self/status") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM"))
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def thread_count():
    """The threads of this process, those of the linear algebra among them; None where they cannot be counted."""
    try:
        with open("/proc/self/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("Threads"))
    except OSError:
        return None
