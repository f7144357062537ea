/** What shells are given so that they complete command lines of `firesteel`: each asks `firesteel __complete` for the candidates. Data. */

export const shells = ["bash", "zsh", "fish"] as const
export type Shell = (typeof shells)[number]

/**
 * The answer is that of cobra's programs: a candidate a line, its description after a tab; of `--flag=value` only the value. The last line is a
 * directive: `:0` where file names fit, `:4` where they do not, `:6` where also no space follows the candidate.
 */
export const scripts: Readonly<Record<Shell, string>> = {
  bash: `_firesteel() {
  local line lines text=\${COMP_LINE:0:COMP_POINT} words current colons
  read -ra words <<<"$text"
  [[ $text == *[[:space:]] ]] && words+=("")
  current=\${words[-1]}
  [[ $current == --*=* ]] && current=\${current#*=}
  # bash replaces only what follows the last colon.
  colons=\${current%"\${current##*:}"}
  mapfile -t lines < <(firesteel __complete "\${words[@]:1}" 2>/dev/null)
  COMPREPLY=()
  for line in "\${lines[@]}"; do
    case $line in
      :0) compopt -o default 2>/dev/null ;;
      :6) compopt -o nospace 2>/dev/null ;;
      :4) ;;
      "$current"*)
        line=\${line%%$'\\t'*}
        COMPREPLY+=("\${line#"$colons"}")
        ;;
    esac
  done
}
complete -F _firesteel firesteel
`,
  zsh: `#compdef firesteel
_firesteel() {
  local -a lines described space
  local line text
  lines=("\${(@f)$(firesteel __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compset -P '--*='
  for line in $lines; do
    case $line in
      :0) _files ;;
      :6) space=(-S '') ;;
      :4) ;;
      *)
        text="\${\${line%%$'\\t'*}//:/\\\\:}"
        [[ $line == *$'\\t'* ]] && text+=":\${line#*$'\\t'}"
        described+=("$text")
        ;;
    esac
  done
  (( $#described )) && _describe firesteel described $space
}
# The first time, zsh loads this file by calling it.
if [[ $funcstack[1] == _firesteel ]]; then _firesteel "$@"; else compdef _firesteel firesteel; fi
`,
  fish: `function __firesteel_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l lines (firesteel __complete $words[2..-1] "$current" 2>/dev/null)
  set -l flag (string match -r -- '^--[^=]*=' "$current")
  for line in $lines
    switch $line
      case ':0'
        set -l value (string sub -s (math 1 + (string length -- "$flag")) -- "$current")
        printf '%s\\n' "$flag"(__fish_complete_path "$value")
      case ':4' ':6'
      case '*'
        echo "$flag$line"
    end
  end
end
complete -c firesteel -f -a '(__firesteel_complete)'
`,
}
