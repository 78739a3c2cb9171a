"""The models of choosing sites as mixed-integer programs, solved by HiGHS."""
