# shellcheck shell=bash
# python_with_packages FOLDER PACKAGE...: Python in FOLDER/venv with the packages from PyPI, for the
# scripts that source this file; says why not where that fails
python_with_packages() {
    local folder=$1 log=$1/venv.log
    shift
    mkdir -p "$folder"
    command -v python3 >/dev/null || { echo "there is no python3" && return 1; }
    [[ -f $folder/venv/complete && $(<"$folder/venv/complete") == "$*" ]] && return
    rm -rf "$folder/venv"
    python3 -m venv "$folder/venv" >"$log" 2>&1 ||
        { echo "python3 cannot make a virtual environment (Debian: python3-venv)" && return 1; }
    "$folder/venv/bin/pip" --disable-pip-version-check --timeout 20 --retries 1 install --prefer-binary \
        "$@" >>"$log" 2>&1 || { echo "pip could not install $*" && return 1; }
    echo "$*" >"$folder/venv/complete"
}
