; Lets the machines of a private or company network reach Banyan, and takes that
; back at uninstall. Rules belong to the programs, so a changed port needs no new
; one; public networks stay closed. Rules of an older version go first, else they
; would pile up.

!macro BANYAN_REMOVE_RULES
  nsExec::ExecToLog '"$SYSDIR\netsh.exe" advfirewall firewall delete rule name="Banyan"'
  Pop $0
  nsExec::ExecToLog '"$SYSDIR\netsh.exe" advfirewall firewall delete rule name="Banyan (command line)"'
  Pop $0
!macroend

!macro NSIS_HOOK_POSTINSTALL
  !insertmacro BANYAN_REMOVE_RULES
  nsExec::ExecToLog '"$SYSDIR\netsh.exe" advfirewall firewall add rule name="Banyan" dir=in action=allow program="$INSTDIR\${MAINBINARYNAME}.exe" profile=private,domain enable=yes'
  Pop $0
  nsExec::ExecToLog '"$SYSDIR\netsh.exe" advfirewall firewall add rule name="Banyan (command line)" dir=in action=allow program="$INSTDIR\banyan.exe" profile=private,domain enable=yes'
  Pop $0
!macroend

!macro NSIS_HOOK_PREUNINSTALL
  !insertmacro BANYAN_REMOVE_RULES
!macroend
