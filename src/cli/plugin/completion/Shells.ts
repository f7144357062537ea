/** What shells are given so that they complete command lines of `firesteel`: each asks `firesteel __complete` for the candidates. Data. */

export const shells = ["bash", "zsh", "fish"] as const
export type Shell = (typeof shells)[number]

/** A candidate a line, with its description after a tab; the last line is `:0` where file names fit as well, else `:4`. */
export const scripts: Readonly<Record<Shell, string>> = {
  bash: `_firesteel() {
  local line lines current=\${COMP_WORDS[COMP_CWORD]}
  mapfile -t lines < <(firesteel __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  COMPREPLY=()
  for line in "\${lines[@]}"; do
    case $line in
      :0) compopt -o default 2>/dev/null ;;
      :*) ;;
      "$current"*) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done
}
complete -F _firesteel firesteel
`,
  zsh: `#compdef firesteel
_firesteel() {
  local -a lines described
  local line
  lines=("\${(@f)$(firesteel __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in $lines; do
    case $line in
      :0) _files ;;
      :*) ;;
      *) described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
    esac
  done
  (( $#described )) && _describe firesteel described
}
compdef _firesteel firesteel
`,
  fish: `function __firesteel_complete
  set -l words (commandline -opc)
  set -l lines (firesteel __complete $words[2..-1] (commandline -ct) 2>/dev/null)
  for line in $lines
    switch $line
      case ':0'
        __fish_complete_path (commandline -ct)
      case ':*'
      case '*'
        echo $line
    end
  end
end
complete -c firesteel -f -a '(__firesteel_complete)'
`,
}
